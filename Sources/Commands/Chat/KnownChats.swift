import AgentClient
import JSON

/// Whose chats they are, as far as events and answers have said: events of messages name only the chat.
struct KnownChats: Sendable {
    struct Facts: Sendable, Equatable {
        var account: String?
        var agent: String?
        var customer: String?
    }

    /// Chats that are remembered; past it the oldest half is forgotten.
    private static let capacity = 4096

    private var facts: [String: Facts] = [:]
    private var order: [String] = []

    subscript(chat: String) -> Facts? { facts[chat] }

    /// Nothing where the event does not show a whole interaction.
    mutating func learn(_ event: AgentEvent) {
        if let chat = event.interaction, event.type.hasPrefix("interaction.") { learn(chat, event.data) }
    }

    /// - Parameter interaction: the object of the agent API; null where the server knows none.
    mutating func learn(_ chat: String, _ interaction: JSONValue) {
        let new = Facts(
            account: interaction["account"]?.string, agent: interaction["agent"]?.string,
            customer: EventLine.name(ofCustomerIn: interaction))
        if facts.updateValue(new, forKey: chat) == nil { order.append(chat) }
        if order.count > Self.capacity {
            for forgotten in order.prefix(Self.capacity / 2) { facts[forgotten] = nil }
            order.removeFirst(Self.capacity / 2)
        }
    }
}
