import CPostgres

/// The owner of a `PGconn` and of what its notice receiver writes to.
///
/// Sendable although it holds a C pointer: the connection actor, whose executor is the loop, is the only one that uses it, and frees
/// it there; `deinit` runs elsewhere only when nobody is left who could use it.
final class ConnectionHandle: @unchecked Sendable {
    let pointer: OpaquePointer
    // Freed after `PQfinish` in `deinit`: libpq holds its address.
    private let inbox: NoticeInbox

    /// Takes the pointer over.
    init(_ pointer: OpaquePointer) {
        self.pointer = pointer
        inbox = NoticeInbox()
        PQsetNoticeReceiver(pointer, receiveNotice, Unmanaged.passUnretained(inbox).toOpaque())
    }

    deinit { PQfinish(pointer) }

    func takeNotices() -> [Notice] {
        if inbox.notices.isEmpty { return [] }
        defer { inbox.notices.removeAll() }
        return inbox.notices
    }

    var errorMessage: String { PQerrorMessage(pointer).map { String(cString: $0).singleLine } ?? "" }
    var isBroken: Bool { PQstatus(pointer) == CONNECTION_BAD }
    var isIdle: Bool { PQtransactionStatus(pointer) == PQTRANS_IDLE }
    var socket: Int32 { PQsocket(pointer) }

    /// Asks the server, from a thread of its own, to end what this connection is doing. Best effort.
    func cancelOnServer() {
        guard let cancel = PQgetCancel(pointer) else { return }
        let request = CancelRequest(cancel)
        _ = HelperThread.run { request.send() }
    }
}

/// A message that the server sent beside its results.
struct Notice: Sendable {
    var severity: String
    var sqlState: String
    var message: String
}

/// Touched on the loop's thread only: libpq calls the receiver while it parses input there.
private final class NoticeInbox {
    var notices: [Notice] = []
}

private func receiveNotice(_ context: UnsafeMutableRawPointer?, _ result: OpaquePointer?) {
    guard let context, let result else { return }
    func field(_ code: Character) -> String {
        guard let code = code.asciiValue, let text = PQresultErrorField(result, Int32(code)) else { return "" }
        return String(cString: text)
    }
    let inbox = Unmanaged<NoticeInbox>.fromOpaque(context).takeUnretainedValue()
    // Nobody reads notices between calls, so a server that talks on must not fill the memory.
    if inbox.notices.count >= 100 { return }
    inbox.notices.append(Notice(severity: field("V"), sqlState: field("C"), message: field("M")))
}

/// Sendable: `PQcancel` may be called from any thread, and only the helper thread uses it.
private final class CancelRequest: @unchecked Sendable {
    private let pointer: OpaquePointer
    init(_ pointer: OpaquePointer) { self.pointer = pointer }
    deinit { PQfreeCancel(pointer) }

    func send() {
        var reason = [CChar](repeating: 0, count: 256)
        _ = PQcancel(pointer, &reason, Int32(reason.count))
    }
}
