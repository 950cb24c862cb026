import JSON

/// The events of the contract (agent-api.md, "Events").
package enum EventType: String, Sendable, CaseIterable, JSONWritable {
    case messageCreated = "message.created"
    case messageEdited = "message.edited"
    case messageStatus = "message.status"
    case messageDeleted = "message.deleted"
    case messageReaction = "message.reaction"
    case callbackReceived = "callback.received"
    case fileUpdated = "file.updated"
    case interactionCreated = "interaction.created"
    case interactionAccepted = "interaction.accepted"
    case interactionReleased = "interaction.released"
    case interactionTransferred = "interaction.transferred"
    case interactionClosed = "interaction.closed"
    case interactionUpdated = "interaction.updated"
    case customerUpdated = "customer.updated"
    case accountUpdated = "account.updated"
    /// Ends the replay; not replayed itself, though it has a cursor.
    case live
    case typing, presence, draining

    /// Whether it stands in the event log and comes again in a replay.
    package var isLogged: Bool {
        switch self {
        case .live, .typing, .presence, .draining: false
        default: true
        }
    }
}
