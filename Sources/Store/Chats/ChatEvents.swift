import AgentProtocol
import Domain
import JSON

extension ChatRow {
    /// An event about the interaction as it is now.
    func event(_ type: EventType) -> EventDraft {
        draft(type, sender: nil, data: interaction.jsonBytes)
    }

    /// An event about one of its messages as it is now.
    func event(_ type: EventType, _ message: Message) -> EventDraft {
        draft(type, sender: message.direction == .outgoing ? message.agent : nil, data: message.jsonBytes)
    }

    func statusEvent(_ message: Message) -> EventDraft {
        draft(
            .messageStatus, sender: message.direction == .outgoing ? message.agent : nil,
            data: JSONWriter.bytes(of: MessageStatus(message)))
    }

    func event(_ reaction: MessageReaction, on message: Message) -> EventDraft {
        draft(
            .messageReaction, sender: message.direction == .outgoing ? message.agent : nil,
            data: JSONWriter.bytes(of: reaction))
    }

    func event(_ press: CallbackReceived) -> EventDraft {
        draft(.callbackReceived, sender: nil, data: JSONWriter.bytes(of: press))
    }

    /// An event whose data is there as JSON.
    func event(_ type: EventType, _ data: [UInt8]) -> EventDraft { draft(type, sender: nil, data: data) }

    private func draft(_ type: EventType, sender: String?, data: [UInt8]) -> EventDraft {
        EventDraft(
            type: type, account: account.id, accountName: account.name, interaction: interaction.id, agent: eventAgent,
            sender: sender, data: data)
    }
}
