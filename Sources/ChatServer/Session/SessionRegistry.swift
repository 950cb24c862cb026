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
        /// The ids of each agent's greeted sessions, so that nobody has to look through all of them.
        var byAgent: [String: Set<String>] = [:]
        /// The newest change known by which a session became an agent's only one.
        var exclusive: [String: (session: String, change: Int64)] = [:]

        mutating func greet(_ id: String, _ token: TokenRecord, mark: Int64) {
            guard entries[id] != nil else { return }
            entries[id]?.token = token
            entries[id]?.mark = mark
            byAgent[token.name, default: []].insert(id)
        }

        mutating func ungreet(_ id: String) {
            guard let name = entries[id]?.token?.name else { return }
            entries[id]?.token = nil
            byAgent[name]?.remove(id)
            if byAgent[name]?.isEmpty == true {
                byAgent[name] = nil
                exclusive[name] = nil
            }
        }

        func sessions(of agent: String) -> [Entry] { (byAgent[agent] ?? []).compactMap { entries[$0] } }
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
            // Names are unique among live tokens.
            let others = exclusive ? 0 : state.byAgent[token.name]?.count ?? 0
            if others >= perToken { return true }
            state.greet(session.id, token, mark: exclusive ? .max : mark)
            return false
        }
        if isOver {
            throw EralinkError(
                .rateLimited, "more than \(perToken) sessions live on this token", retryAfterMilliseconds: 5000)
        }
    }

    /// A hello that failed after all.
    func ungreeted(_ session: AgentSession) { state.withLock { $0.ungreet(session.id) } }

    func closed(_ session: AgentSession) {
        state.withLock { state in
            state.ungreet(session.id)
            state.entries[session.id] = nil
        }
    }

    func hasSession(of agent: String) -> Bool { state.withLock { $0.byAgent[agent] != nil } }

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
        let older = state.withLock { state -> [AgentSession] in
            state.entries[session]?.mark = change
            guard state.byAgent[agent] != nil else { return [] }
            if let known = state.exclusive[agent], known.change > change {
                return state.entries[session].map { [$0.session] } ?? []
            }
            state.exclusive[agent] = (session, change)
            return state.sessions(of: agent).filter { $0.session.id != session && $0.mark < change }.map(\.session)
        }
        for other in older { other.close(.replaced) }
    }
}
