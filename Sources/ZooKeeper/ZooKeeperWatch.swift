/// A node's states: the first at once, then one each time that it changed, always the newest. Changes between two looks are
/// one; nothing is buffered. Lost connections are waited out. It ends with the session, or when the task is cancelled.
package struct ZooKeeperWatch<State: Sendable>: AsyncSequence, Sendable {
    let session: ZooKeeperSession
    /// Reads the state and arms the watch of the token, in one step of the server.
    let read: @Sendable (ZooKeeperSession, Int) async throws -> State
    /// Called as soon as the server says that the node changed, before the new state is read.
    var fired: (@Sendable () -> Void)?

    package func makeAsyncIterator() -> Iterator {
        Iterator(registration: WatchRegistration(session: session), read: read, fired: fired)
    }

    package struct Iterator: AsyncIteratorProtocol {
        private let registration: WatchRegistration
        private let read: @Sendable (ZooKeeperSession, Int) async throws -> State
        private let fired: (@Sendable () -> Void)?
        private var isFirst = true

        init(
            registration: WatchRegistration,
            read: @escaping @Sendable (ZooKeeperSession, Int) async throws -> State, fired: (@Sendable () -> Void)?
        ) {
            self.registration = registration
            self.read = read
            self.fired = fired
        }

        /// - Throws: `ZooKeeperError` for what waiting does not cure, such as `noAuth`.
        package mutating func next() async throws -> State? {
            let signal = registration.signal
            if !isFirst {
                await signal.wait()
                if !signal.hasEnded && !Task.isCancelled { fired?() }
            }
            while !signal.hasEnded && !Task.isCancelled {
                signal.clear()
                do {
                    let state = try await read(registration.session, registration.token)
                    isFirst = false
                    return state
                } catch let error as ZooKeeperError where error.retryable {
                    // The watch may not be armed: only a read that was answered arms it.
                    if error.endsSession { return nil }
                    try? await Task.sleep(for: .milliseconds(20))
                    guard await registration.session.waitUntilUsable() else { return nil }
                } catch is CancellationError {
                    return nil
                }
            }
            return nil
        }
    }
}

/// Holds a watch's token for as long as its iterator lives.
final class WatchRegistration: Sendable {
    let session: ZooKeeperSession
    let signal = Wakeup()
    let token: Int

    init(session: ZooKeeperSession) {
        self.session = session
        token = session.calls.addWatch(signal)
    }

    deinit { session.calls.removeWatch(token) }
}

extension ZooKeeperSession {
    /// The node, nil while there is none. `fired` is called before each state but the first, as soon as the server says that
    /// there is a new one.
    package nonisolated func watch(
        _ path: String, fired: (@Sendable () -> Void)? = nil
    ) -> ZooKeeperWatch<ZooKeeperNode?> {
        var watch = ZooKeeperWatch<ZooKeeperNode?>(session: self) { session, token in
            try await session.whereverItIs(path, token) { try await session.get(path, watch: token) }
        }
        watch.fired = fired
        return watch
    }

    /// The names of the node's children, nil while there is no such node.
    package nonisolated func watchChildren(_ path: String) -> ZooKeeperWatch<[String]?> {
        ZooKeeperWatch(session: self) { session, token in
            try await session.whereverItIs(path, token) { try await session.children(path, watch: token) }
        }
    }

    /// Reading a missing node leaves no watch, asking whether it exists does; it may come into being between the two.
    private nonisolated func whereverItIs<State>(
        _ path: String, _ token: Int, _ read: () async throws -> State
    ) async throws -> State? {
        while true {
            do {
                return try await read()
            } catch let error as ZooKeeperError where error.code == .noNode {
                if try await exists(path, watch: token) == nil { return nil }
            }
        }
    }

    /// Waits while the connection is lost; false once the session has ended or the task is cancelled.
    nonisolated func waitUntilUsable() async -> Bool {
        for await state in states() {
            if state.isConnected { return true }
            if state.isFinal { return false }
        }
        return false
    }
}
