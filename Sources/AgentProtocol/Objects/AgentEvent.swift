import Domain
import JSON

/// What an event tells: its type and its `data` (agent-api.md, "Events").
package enum AgentEvent: Sendable, Equatable {
    case messageCreated(Message)
    case messageEdited(Message)
    case messageStatus(MessageStatus)
    case messageDeleted(message: MessageID, seq: Int64, deletedAt: Timestamp)
    /// All reactions to the message as they are now.
    case messageReaction(message: MessageID, seq: Int64, emojis: [String], customer: CustomerID)
    case callbackReceived(CallbackContent, customer: CustomerID)
    case fileUpdated(StoredFile)
    case interaction(InteractionChange, Interaction)
    case customerUpdated(Customer)
    case accountUpdated(AccountUpdate)
    case live
    case typing(interaction: InteractionID, on: Bool)
    case presence(AgentPresence)
    case draining(retryAfterMilliseconds: Int)

    package enum InteractionChange: Sendable, Equatable {
        case created, accepted, released, transferred, closed, updated
    }

    package var type: EventType {
        switch self {
        case .messageCreated: .messageCreated
        case .messageEdited: .messageEdited
        case .messageStatus: .messageStatus
        case .messageDeleted: .messageDeleted
        case .messageReaction: .messageReaction
        case .callbackReceived: .callbackReceived
        case .fileUpdated: .fileUpdated
        case .interaction(let change, _): change.type
        case .customerUpdated: .customerUpdated
        case .accountUpdated: .accountUpdated
        case .live: .live
        case .typing: .typing
        case .presence: .presence
        case .draining: .draining
        }
    }

    /// The `data`, encoded.
    package var data: [UInt8] { JSONWriter.bytes(of: self) }
}

extension AgentEvent.InteractionChange {
    package var type: EventType {
        switch self {
        case .created: .interactionCreated
        case .accepted: .interactionAccepted
        case .released: .interactionReleased
        case .transferred: .interactionTransferred
        case .closed: .interactionClosed
        case .updated: .interactionUpdated
        }
    }
}

extension AgentEvent: JSONWritable {
    package func write(to writer: inout JSONWriter) {
        switch self {
        case .messageCreated(let message), .messageEdited(let message): message.write(to: &writer)
        case .messageStatus(let status): status.write(to: &writer)
        case .messageDeleted(let message, let seq, let deletedAt):
            writer.objectValue {
                $0.member("message", message)
                $0.member("seq", seq)
                $0.member("deleted_at", deletedAt)
            }
        case .messageReaction(let message, let seq, let emojis, let customer):
            writer.objectValue {
                $0.member("message", message)
                $0.member("seq", seq)
                $0.member("emojis", emojis)
                $0.member("customer", customer)
            }
        case .callbackReceived(let callback, let customer):
            writer.objectValue {
                $0.member("callback", callback.id)
                $0.member("data", callback.data)
                $0.optional("message", callback.message)
                $0.member("customer", customer)
            }
        case .fileUpdated(let file): file.write(to: &writer)
        case .interaction(_, let interaction): interaction.write(to: &writer)
        case .customerUpdated(let customer): customer.write(to: &writer)
        case .accountUpdated(let update): update.write(to: &writer)
        case .live: writer.objectValue { _ in }
        case .typing(let interaction, let on):
            writer.objectValue {
                $0.member("interaction", interaction)
                $0.member("on", on)
            }
        case .presence(let presence): presence.write(to: &writer)
        case .draining(let milliseconds): writer.objectValue { $0.member("retry_after_ms", milliseconds) }
        }
    }
}
