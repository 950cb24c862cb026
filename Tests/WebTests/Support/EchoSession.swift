import Domain
import Synchronization
import Testing

@testable import Web

/// A session that does as it is told by text: an actor on its connection's event loop, as a real one is.
actor EchoSession: WebSocketSession {
    private let connection: WebSocketConnection
    private let log: SessionLog

    nonisolated var unownedExecutor: UnownedSerialExecutor { connection.unownedExecutor }

    init(_ connection: WebSocketConnection, log: SessionLog) {
        self.connection = connection
        self.log = log
        log.add(connection)
    }

    nonisolated func received(_ text: [UInt8]) { assumeIsolated { $0.handle(text) } }
    nonisolated func becameWritable() { log.note("writable") }
    nonisolated func drain() { connection.close(.shuttingDown, reason: #"{"retry_after_ms":700}"#) }
    nonisolated func closed(_ end: WebSocketEnd) { log.note("closed by \(end.by) \(end.code?.number ?? 0)") }

    private func handle(_ text: [UInt8]) {
        switch String(decoding: text, as: UTF8.self) {
        case "close": connection.close(.tokenEnded, reason: #"{"retry_after_ms":5}"#)
        case "three": for word in ["один", "два", "три"] { connection.send(Array(word.utf8)) }
        case "pause":
            connection.pauseReading()
            log.note("paused")
        case "flood": for _ in 0..<512 { connection.send([UInt8](repeating: 0x61, count: 16_384)) }
        default:
            log.note("text \(text.count)")
            connection.send(text)
        }
    }
}

/// What sessions have noted, in order, for all sessions of a server.
final class SessionLog: Sendable {
    private struct State {
        var notes: [String] = []
        var connections: [WebSocketConnection] = []
        var waiting: [(String, CheckedContinuation<Void, Never>)] = []
    }

    private let state = Mutex(State())

    var notes: [String] { state.withLock { $0.notes } }
    var connections: [WebSocketConnection] { state.withLock { $0.connections } }

    func add(_ connection: WebSocketConnection) { state.withLock { $0.connections.append(connection) } }

    func note(_ note: String) {
        state.withLock { $0.notes.append(note) }
        for waiter in take(note) { waiter.resume() }
    }

    /// Returns when the note is there; records an issue where it has not come in 20 s.
    func wait(for note: String) async {
        let deadline = Task {
            try await Task.sleep(for: .seconds(20))
            Issue.record("nobody noted \(note), but \(self.notes.suffix(10))")
            for waiter in self.take(note) { waiter.resume() }
        }
        await withCheckedContinuation { continuation in
            let isThere = state.withLock { state in
                if state.notes.contains(note) { return true }
                state.waiting.append((note, continuation))
                return false
            }
            if isThere { continuation.resume() }
        }
        deadline.cancel()
    }

    private func take(_ note: String) -> [CheckedContinuation<Void, Never>] {
        state.withLock { state in
            let found = state.waiting.filter { $0.0 == note }
            state.waiting.removeAll { $0.0 == note }
            return found.map(\.1)
        }
    }
}

extension WebSocketRoute {
    /// `/v1/agent` with echo sessions; the token is `good`, or comes later where there is no header.
    static func echo(_ log: SessionLog = SessionLog(), _ change: (inout WebSocketPolicy) -> Void = { _ in }) -> Self {
        var policy = WebSocketPolicy()
        policy.tick = .milliseconds(50)
        policy.closeReason = { _ in #"{"retry_after_ms":100}"# }
        change(&policy)
        return WebSocketRoute("/v1/agent", subprotocol: "eralink.v1", policy: policy) { request in
            do throws(EralinkError) {
                if let token = try request.bearerToken(), token != "good" {
                    return .refuse(.problem(.init(.unauthorized, "the token is not valid")))
                }
            } catch {
                return .refuse(.problem(error))
            }
            return .accept { EchoSession($0, log: log) }
        }
    }
}
