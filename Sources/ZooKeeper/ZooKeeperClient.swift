import Logging

/// Keeps a session with ZooKeeper: makes the next one after each that ended, for as long as `run()` lives.
///
/// Nothing here throws because ZooKeeper is away: it is reported in `states()`, and everyone works on without.
package final class ZooKeeperClient: Sendable {
    package enum State: Sendable {
        /// Why, as a sentence for a person.
        case down(reason: String)
        /// A usable session: the same as before after a lost connection, another after an expiry.
        case up(ZooKeeperSession)
    }

    private let configuration: ZooKeeperConfiguration
    private let isReader: Bool
    private let logger: Logger
    private let broadcast: Broadcast<State>

    /// - Parameter isReader: makes nothing, not even the chroot.
    package init(_ configuration: ZooKeeperConfiguration, logger: Logger, isReader: Bool = false) {
        self.configuration = configuration
        self.isReader = isReader
        self.logger = logger
        broadcast = Broadcast(.down(reason: "zookeeper has not been asked yet"))
    }

    package var state: State { broadcast.value }

    /// The present state at once, then each change.
    package func states() -> AsyncStream<State> { broadcast.stream() }

    /// The usable session.
    ///
    /// - Throws: `ZooKeeperError` with `notConnected` where there is none at the moment.
    package func session() throws -> ZooKeeperSession {
        switch state {
        case .up(let session): return session
        case .down(let reason): throw ZooKeeperError(.notConnected, reason)
        }
    }

    /// Lives until its task is cancelled; the last session has been closed then.
    package func run() async {
        var backoff = Backoff()
        while !Task.isCancelled {
            do {
                let session = try await ZooKeeperSession.open(configuration, logger: logger)
                let wasUp = await follow(session)
                await session.close()
                if wasUp { backoff.reset() }
            } catch {
                report("\(error)")
            }
            try? await Task.sleep(for: backoff.next())
        }
        broadcast.send(.down(reason: "stopped"))
    }

    /// Runs `body` whenever there is a usable session: begun on each connection, also when a lost one is back, and cancelled
    /// and waited for when it is lost. Returns when the task is cancelled.
    package func whileUp(_ body: @escaping @Sendable (ZooKeeperSession) async -> Void) async {
        var states = states().makeAsyncIterator()
        var state = await states.next()
        while let present = state, !Task.isCancelled {
            guard case .up(let session) = present else {
                state = await states.next()
                continue
            }
            state = await withTaskGroup(of: Void.self) { group in
                group.addTask { await body(session) }
                let next = await states.next()
                group.cancelAll()
                return next
            }
        }
    }

    /// Follows one session to its end; true where it was usable at some time.
    private func follow(_ session: ZooKeeperSession) async -> Bool {
        var wasUp = false
        for await state in session.states() {
            switch state {
            case .connecting:
                report("connecting to zookeeper at \(configuration.connect)")
            case .connected:
                guard await prepare(session) else { continue }
                wasUp = true
                logger.info("zookeeper is up", metadata: ["connect": "\(configuration.connect)"])
                broadcast.send(.up(session))
            case .suspended:
                report("the connection to zookeeper at \(configuration.connect) is lost")
            case .expired:
                report("the zookeeper session has expired")
            case .authFailed:
                report("zookeeper refused the credentials of zookeeper.auth")
            case .closed:
                break
            }
            if state.isFinal { return wasUp }
        }
        return wasUp
    }

    /// Makes the chroot; false where the connection went meanwhile, whose change of state comes next in the stream.
    private func prepare(_ session: ZooKeeperSession) async -> Bool {
        if isReader { return session.state.isConnected }
        while session.state.isConnected && !Task.isCancelled {
            do {
                try await session.ensureChroot()
                return true
            } catch {
                report("\(error)")
                try? await Task.sleep(for: .milliseconds(500))
            }
        }
        return false
    }

    private func report(_ reason: String) {
        let told = broadcast.update { old in
            if case .down(let before) = old, before == reason { return nil }
            return .down(reason: reason)
        }
        if told != nil { logger.warning("zookeeper is down", metadata: ["reason": "\(reason)"]) }
    }
}
