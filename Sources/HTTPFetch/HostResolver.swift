import Glibc
import Synchronization

/// Looks a host's addresses up. `getaddrinfo` blocks for as long as it likes, so that each lookup has a thread of its own,
/// few at a time; who waits for it can stop waiting at once.
package struct HostResolver: Sendable {
    package struct Failure: Error {
        package var code: HTTPFetchError.Code
        package var detail: String

        package init(_ code: HTTPFetchError.Code, _ detail: String) {
            self.code = code
            self.detail = detail
        }
    }

    private let lookup: @Sendable (String) async throws(Failure) -> [IPAddress]

    package init(_ lookup: @escaping @Sendable (String) async throws(Failure) -> [IPAddress]) {
        self.lookup = lookup
    }

    package static let system = HostResolver { (host: String) async throws(Failure) -> [IPAddress] in
        try await Lookup(host).run()
    }

    package func resolve(_ host: String, within limit: Duration) async throws(Failure) -> [IPAddress] {
        let result: Result<[IPAddress], Failure> = await withTaskGroup(of: Result<[IPAddress], Failure>?.self) {
            group in
            group.addTask { await Result { () async throws(Failure) in try await lookup(host) } }
            group.addTask {
                try? await Task.sleep(for: limit)
                return nil
            }
            let first = await group.next() ?? nil
            group.cancelAll()
            let ended = Failure(.timeout, "the host's name was not resolved in time")
            return first ?? .failure(Task.isCancelled ? Failure(.cancelled, "the request was cancelled") : ended)
        }
        return try result.get()
    }
}

extension Result where Success: Sendable {
    fileprivate init(_ body: () async throws(Failure) -> Success) async {
        do { self = .success(try await body()) } catch { self = .failure(error) }
    }
}

/// One `getaddrinfo` on its own thread. The thread may outlive the one who waits.
private final class Lookup: Sendable {
    private static let limit = 16
    private static let threads = Mutex(0)

    private typealias Answer = Result<[IPAddress], HostResolver.Failure>

    private struct State {
        var answer: Answer?
        var waiter: CheckedContinuation<Answer, Never>?
    }

    private let host: String
    private let state = Mutex(State())

    init(_ host: String) { self.host = host }

    func run() async throws(HostResolver.Failure) -> [IPAddress] {
        let mayStart = Self.threads.withLock { count in
            guard count < Self.limit else { return false }
            count += 1
            return true
        }
        guard mayStart else { throw HostResolver.Failure(.overloaded, "too many names are being resolved") }
        startThread()
        let answer: Answer = await withTaskCancellationHandler {
            await withCheckedContinuation { waiter in
                let answer: Answer? = state.withLock { state in
                    if state.answer == nil { state.waiter = waiter }
                    return state.answer
                }
                if let answer { waiter.resume(returning: answer) }
            }
        } onCancel: {
            finish(.failure(HostResolver.Failure(.cancelled, "the request was cancelled")))
        }
        return try answer.get()
    }

    private func finish(_ answer: Answer) {
        let waiter = state.withLock { state in
            guard state.answer == nil else { return CheckedContinuation<Answer, Never>?.none }
            state.answer = answer
            return state.waiter.take()
        }
        waiter?.resume(returning: answer)
    }

    private func startThread() {
        var thread = pthread_t()
        let context = Unmanaged.passRetained(self)
        let status = pthread_create(
            &thread, nil,
            { context in
                guard let context else { return nil }
                let lookup = Unmanaged<Lookup>.fromOpaque(context).takeRetainedValue()
                lookup.finish(Lookup.addresses(of: lookup.host))
                Lookup.threads.withLock { $0 -= 1 }
                return nil
            }, context.toOpaque())
        if status == 0 {
            pthread_detach(thread)
        } else {
            context.release()
            Self.threads.withLock { $0 -= 1 }
            finish(.failure(HostResolver.Failure(.dns, "no thread to resolve the host's name on")))
        }
    }

    private static func addresses(of host: String) -> Answer {
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var list: UnsafeMutablePointer<addrinfo>?
        let status = getaddrinfo(host, nil, &hints, &list)
        guard status == 0 else {
            return .failure(
                HostResolver.Failure(
                    .dns, "could not resolve the host's name: \(String(cString: gai_strerror(status)))"))
        }
        defer { freeaddrinfo(list) }
        var addresses: [IPAddress] = []
        var next = list
        while let entry = next?.pointee {
            if let address = entry.ai_addr.flatMap({ IPAddress($0) }), !addresses.contains(address) {
                addresses.append(address)
            }
            next = entry.ai_next
        }
        return .success(addresses)
    }
}
