import NIOCore
import Synchronization

/// The connections of one server: how many there are against the limits, and whom to cut when the grace is over.
final class ConnectionRegistry: Sendable {
    private struct State {
        var channels: [ObjectIdentifier: any Channel] = [:]
        var sessions = 0
        var waiting: [CheckedContinuation<Void, Never>] = []
    }

    private let state = Mutex(State())
    private let limits: WebLimits

    init(limits: WebLimits) { self.limits = limits }

    /// False where the connection is one too many: it is counted, and told so.
    func opened(_ channel: any Channel) -> Bool {
        state.withLock { state in
            state.channels[ObjectIdentifier(channel)] = channel
            return state.channels.count - state.sessions <= limits.connections
        }
    }

    func closed(_ channel: any Channel) {
        let waiting = state.withLock { state in
            state.channels[ObjectIdentifier(channel)] = nil
            guard state.channels.isEmpty else { return [CheckedContinuation<Void, Never>]() }
            defer { state.waiting = [] }
            return state.waiting
        }
        for continuation in waiting { continuation.resume() }
    }

    /// Takes one of the places for sessions; false where all are taken.
    func openSession() -> Bool {
        state.withLock { state in
            guard state.sessions < limits.sessions else { return false }
            state.sessions += 1
            return true
        }
    }

    func closeSession() { state.withLock { $0.sessions -= 1 } }

    var sessions: Int { state.withLock { $0.sessions } }
    var connections: Int { state.withLock { $0.channels.count } }

    func closeAll() {
        let channels = state.withLock { Array($0.channels.values) }
        for channel in channels { channel.close(mode: .all, promise: nil) }
    }

    /// Returns when no connection is left.
    func allClosed() async {
        await withCheckedContinuation { continuation in
            let none = state.withLock { state in
                if !state.channels.isEmpty { state.waiting.append(continuation) }
                return state.channels.isEmpty
            }
            if none { continuation.resume() }
        }
    }
}
