import Synchronization

/// Finds a session's calls by a token that the library hands back: the upper bits of a token are the session's number.
enum SessionRegistry {
    /// 2^40 calls a session: at 100,000 a second, four months.
    private static let bitsPerSession = 40

    private struct State {
        var nextNumber = 1
        var sessions: [Int: SessionCalls] = [:]
    }

    private static let state = Mutex(State())

    /// Makes the calls of a new session; returns its number for `remove`.
    static func add(limit: Int) -> (number: Int, calls: SessionCalls) {
        state.withLock { state in
            let number = state.nextNumber
            state.nextNumber = number == 1 << 22 ? 1 : number + 1
            let calls = SessionCalls(firstToken: number << bitsPerSession, limit: limit)
            state.sessions[number] = calls
            return (number, calls)
        }
    }

    static func remove(_ number: Int) {
        state.withLock { _ = $0.sessions.removeValue(forKey: number) }
    }

    static func calls(for token: Int) -> SessionCalls? {
        state.withLock { $0.sessions[token >> bitsPerSession] }
    }

    static func firstToken(of number: Int) -> Int { number << bitsPerSession }
}
