import AgentClient

/// Which customer a chat is with, as far as events have said: messages name only the chat.
struct ChatNames: Sendable {
    /// Chats whose customer is remembered; past it the oldest half is forgotten.
    private static let capacity = 4096

    private var names: [String: String] = [:]
    private var order: [String] = []

    /// The customer of the event's chat; nil where none was named, and where the event itself names it.
    mutating func learn(_ event: AgentEvent) -> String? {
        guard let chat = event.interaction else { return nil }
        guard event.type.hasPrefix("interaction."), let name = EventLine.name(ofCustomerIn: event.data) else {
            return names[chat]
        }
        if names.updateValue(name, forKey: chat) == nil { order.append(chat) }
        if order.count > Self.capacity {
            for forgotten in order.prefix(Self.capacity / 2) { names[forgotten] = nil }
            order.removeFirst(Self.capacity / 2)
        }
        return nil
    }
}
