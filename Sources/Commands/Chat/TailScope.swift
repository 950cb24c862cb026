import AgentClient
import JSON

/// Whose events a tail shows: of the accounts, chats and agents that were named, or of every account.
struct TailScope: Sendable {
    var accounts: [String]
    var interactions: [String]
    var agents: [String]
    /// The accounts that are watched where nothing was named.
    var watched: [String] = []
    /// The agent whose token it is.
    var own: String?

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

    /// The account of an event that is not watched though every one is to be: it came after the session had begun.
    func unwatchedAccount(of event: AgentEvent) -> String? {
        guard isEmpty, event.type.hasPrefix("interaction.") || event.type == "account.updated" else { return nil }
        return event.data["account"]?.string.flatMap { watched.contains($0) ? nil : $0 }
    }

    /// The server sends what concerns everybody and the token's own chats too: those that were not asked for are left out.
    ///
    /// - Parameter chat: what is known of the event's chat; events of messages do not tell its account and agent themselves.
    func admits(_ event: AgentEvent, of chat: KnownChats.Facts?) -> Bool {
        if isEmpty || event.type == "live" { return true }
        if let interaction = event.interaction, interactions.contains(interaction) { return true }
        if event.type.hasPrefix("interaction.") || event.type == "account.updated" {
            let account = event.data["account"]?.string.map(accounts.contains) ?? false
            let agent = event.data["agent"]?.string.map(agents.contains) ?? false
            return account || agent
        }
        guard event.interaction != nil else { return true }
        if chat?.account.map(accounts.contains) == true || chat?.agent.map(agents.contains) == true { return true }
        guard !agents.isEmpty else { return false }
        if let own, agents.contains(own) { return true }
        // What is here for a watched agent was that agent's then, whoever has the chat now; an own chat's is here anyway.
        return chat?.agent != own
    }
}
