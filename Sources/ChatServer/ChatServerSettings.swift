import Domain
import Store

/// What a ChatServer is told from outside.
package struct ChatServerSettings: Sendable {
    /// This process, unique among all.
    package var node: String
    /// Base of file links, as clients reach it; nil: none.
    package var filesURL: String?
    /// What signs them; nil: this ChatServer makes none.
    package var links: FileLinks?
    package var sessionsPerToken = 16
    package var eventsUnread = 1000
    package var bytesUnread = 1 << 20
    /// How long a client may take to say hello (agent-api.md, "Connection").
    package var helloWithin = Duration.seconds(10)
    /// How often the inbox, the log and the presence of agents are looked at without a bell (design.md: at most 1 s).
    package var pollEvery = Duration.seconds(1)
    package var eventRetention = Duration.seconds(72 * 3600)
    /// How long an agent without a session keeps its chats; nil: for ever.
    package var releaseAfter: Duration?
    /// How long a graceful shutdown may take: clients are told to come back spread over it.
    package var shutdownGrace = Duration.seconds(30)
    /// What an account's channel can do; nil where there is no connector for its kind.
    package var capabilities: @Sendable (AccountKind, _ settings: [String: String]) -> Capabilities?

    package init(
        node: String, capabilities: @escaping @Sendable (AccountKind, [String: String]) -> Capabilities?
    ) {
        self.node = node
        self.capabilities = capabilities
    }
}
