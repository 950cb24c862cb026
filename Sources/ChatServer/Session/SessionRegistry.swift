import Domain
import Store
import Synchronization
import Web

/// The sessions of this ChatServer: their bounds, who lives on which token, and whom a deadline or a revocation ends.
final class SessionRegistry: Sendable {
    private struct Entry {
        var session: AgentSession
        var openedAt = ContinuousClock.now
        var token: TokenRecord?
        /// The newest change of any agent when it greeted: an exclusive session of a later change replaces it.
        var mark: Int64 = 0
    }

    private struct State {
        var entries: [String: Entry] = [:]
        /// The newest change known by which a session became an agent's only one.
        var exclusive: [String: (session: String, change: Int64)] = [:]
    }

    private let perToken: Int
    private let state = Mutex(State())

    init(perToken: Int) { self.perToken = perToken }

    var count: Int { state.withLock { $0.entries.count } }

    func opened(_ session: AgentSession) { state.withLock { $0.entries[session.id] = Entry(session: session) } }

    /// Lets a session in, whose token is known now. An exclusive one cannot be replaced until its own change is known.
    func greeted(
        _ session: AgentSession, token: TokenRecord, exclusive: Bool, mark: Int64
    ) throws(EralinkError) {
        let isOver = state.withLock { state in
            let others = exclusive ? 0 : state.entries.values.count { $0.token?.id == token.id }
            if others >= perToken { return true }
            state.entries[session.id]?.token = token
            state.entries[session.id]?.mark = exclusive ? .max : mark
            return false
        }
        if isOver {
            throw EralinkError(
                .rateLimited, "more than \(perToken) sessions live on this token", retryAfterMilliseconds: 5000)
        }
    }

    /// A hello that failed after all.
    func ungreeted(_ session: AgentSession) { state.withLock { $0.entries[session.id]?.token = nil } }

    func closed(_ session: AgentSession) { state.withLock { _ = $0.entries.removeValue(forKey: session.id) } }

    func hasSession(of agent: String) -> Bool {
        state.withLock { $0.entries.values.contains { $0.token?.name == agent } }
    }

    /// Sessions and who they are.
    var greeted: [(session: AgentSession, token: TokenRecord)] {
        state.withLock { state in
            state.entries.values.compactMap { entry in entry.token.map { (entry.session, $0) } }
        }
    }

    /// Ends what has said no hello in time.
    func closeUngreeted(after patience: Duration) {
        let late = state.withLock { state in
            state.entries.values.filter { $0.token == nil && ContinuousClock.now - $0.openedAt > patience }
                .map(\.session)
        }
        for session in late { session.close(.noHello) }
    }

    func close(tokens: Set<Int64>) {
        for (session, token) in greeted where tokens.contains(token.id) { session.close(.tokenEnded) }
    }

    /// By a change of the agent's row, `session`, here or on another ChatServer, became its only one: ends the agent's
    /// sessions here that greeted before. Of two that both wanted to be the only one, the later change wins.
    func becameExclusive(_ session: String, of agent: String, change: Int64) {
        let older = state.withLock { state in
            state.entries[session]?.mark = change
            if let known = state.exclusive[agent], known.change > change {
                return state.entries[session].map { [$0.session] } ?? []
            }
            state.exclusive[agent] = (session, change)
            return state.entries.values.filter {
                $0.token?.name == agent && $0.session.id != session && $0.mark < change
            }.map(\.session)
        }
        for other in older { other.close(.replaced) }
    }
}
