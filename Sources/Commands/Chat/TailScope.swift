import AgentClient
import JSON

/// Whose events a tail shows: of the accounts, chats and agents that were named, or of every account.
struct TailScope: Sendable {
    var accounts: [String]
    var interactions: [String]
    var agents: [String]
    /// The accounts that are watched where nothing was named.
    var watched: [String] = []

    init(accounts: [String], interactions: [String], agents: [String]) {
        self.accounts = accounts
        self.interactions = interactions
        self.agents = agents
    }

    var isEmpty: Bool { accounts.isEmpty && interactions.isEmpty && agents.isEmpty }

    /// `watch` of `session.hello`; nil where there is nothing to watch.
    var watch: JSONValue? {
        let accounts = isEmpty ? watched : accounts
        let members: [(String, [String])] = [
            ("accounts", accounts), ("interactions", interactions), ("agents", agents),
        ]
        let filled = members.filter { !$0.1.isEmpty }.map { JSONMember($0.0, .strings($0.1)) }
        return filled.isEmpty ? nil : .object(filled)
    }

    /// The server sends what concerns everybody and the token's own chats too: those that were not asked for are left out.
    func admits(_ event: AgentEvent) -> Bool {
        if isEmpty || event.type == "live" { return true }
        if let interaction = event.interaction, interactions.contains(interaction) { return true }
        if event.type.hasPrefix("interaction.") || event.type == "account.updated" {
            let account = event.data["account"]?.string.map(accounts.contains) ?? false
            let agent = event.data["agent"]?.string.map(agents.contains) ?? false
            return account || agent
        }
        // What an event of a message says does not tell account and agent; the server has looked at those.
        return !accounts.isEmpty || !agents.isEmpty
    }
}
