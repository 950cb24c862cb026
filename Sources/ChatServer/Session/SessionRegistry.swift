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
        /// The newest change of any agent when it greeted.
        var mark: Int64 = 0
    }

    private let perToken: Int
    private let entries = Mutex<[String: Entry]>([:])

    init(perToken: Int) { self.perToken = perToken }

    var count: Int { entries.withLock { $0.count } }

    func opened(_ session: AgentSession) { entries.withLock { $0[session.id] = Entry(session: session) } }

    func greeted(
        _ session: AgentSession, token: TokenRecord, exclusive: Bool, mark: Int64
    ) throws(EralinkError) {
        let isOver = entries.withLock { entries in
            let others = exclusive ? 0 : entries.values.count { $0.token?.id == token.id }
            if others >= perToken { return true }
            entries[session.id]?.token = token
            entries[session.id]?.mark = mark
            return false
        }
        if isOver {
            throw EralinkError(
                .rateLimited, "more than \(perToken) sessions live on this token", retryAfterMilliseconds: 5000)
        }
    }

    /// Whether it was the agent's last one here.
    @discardableResult
    func closed(_ session: AgentSession, agent: String?) -> Bool {
        entries.withLock { entries in
            entries[session.id] = nil
            return agent.map { name in !entries.values.contains { $0.token?.name == name } } ?? false
        }
    }

    func sessions(of agent: String) -> [AgentSession] {
        entries.withLock { $0.values.filter { $0.token?.name == agent }.map(\.session) }
    }

    func hasSession(of agent: String) -> Bool {
        entries.withLock { $0.values.contains { $0.token?.name == agent } }
    }

    /// Sessions and who they are.
    var greeted: [(session: AgentSession, token: TokenRecord)] {
        entries.withLock { entries in entries.values.compactMap { entry in entry.token.map { (entry.session, $0) } } }
    }

    /// Ends what has said no hello in time.
    func closeUngreeted(after patience: Duration) {
        let late = entries.withLock { entries in
            entries.values.filter { $0.token == nil && ContinuousClock.now - $0.openedAt > patience }.map(\.session)
        }
        for session in late { session.close(.noHello) }
    }

    func close(tokens: Set<Int64>) {
        for (session, token) in greeted where tokens.contains(token.id) { session.close(.tokenEnded) }
    }

    /// Ends the agent's sessions here that greeted before a change of the agent by which `session` became the only one.
    func replaceOlder(of agent: String, by session: String, change: Int64) {
        let older = entries.withLock { entries in
            entries.values.filter { $0.token?.name == agent && $0.session.id != session && $0.mark < change }
                .map(\.session)
        }
        for other in older { other.close(.replaced) }
    }
}
