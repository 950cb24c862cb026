extension AgentMethod {
    /// What it does, for documents.
    package var text: String {
        switch self {
        case .sessionHello:
            "Begins a session: the first request of a connection. The result comes first, then every event missed since "
                + "`cursor`, then live ones."
        case .sessionAck: "Remembers how far this agent has come, for `cursor` \"last\". The highest wins."
        case .presenceSet: "Tells the colleagues of one's accounts."
        case .interactionsList:
            "Chats, newest first by the customer's last message. `from` and `to` take those with customer messages received in "
                + "[from, to)."
        case .interactionGet: "One chat."
        case .interactionAccept:
            "Takes a waiting chat. Another's, or a stale `version`, is `conflict` with details `agent` and `version`."
        case .interactionRelease: "Gives an own chat back to waiting."
        case .interactionTransfer: "Gives an own chat to another agent who holds its account."
        case .interactionClose: "Ends a chat; the customer's next message opens a new one."
        case .interactionStart:
            "Finds or opens the chat with a customer, and may send at once. With `take` false an open chat keeps its agent, and a "
                + "new one is born closed."
        case .messageSend:
            "Sends. The result comes after the message is stored, with state `accepted`; the rest comes as events "
                + "`message.status`. The same `msg_id` with the same body gives the same message again."
        case .messageEdit: "Changes the text or the caption of a sent message, where the channel can."
        case .messageDelete: "Deletes a sent message at the messenger, where the channel can."
        case .messageCancel: "Takes back what has not been sent yet."
        case .messageRetry: "Queues a failed, expired, unknown or cancelled message again."
        case .messageForward: "Forwards natively where the channel can, else as a copy."
        case .messagesList: "Messages of a chat in ascending order; without a bound its last page."
        case .typingSet: "Shows the customer that somebody types, as often as the channel wants it."
        case .readMark: "Marks everything up to `seq` as read, at the messenger too where it can."
        case .customerGet: "One customer."
        case .customerAskPhone: "Sends the channel's own button that asks for the phone."
        case .customerUpdate: "Changes what the agents know of a customer; what is absent stays."
        case .callbackAnswer: "Answers a press; it is answered by itself in time if nobody does."
        case .capabilitiesGet: "What the channels of the accounts can do, with their limits."
        case .fileLink: "A link that opens a file without a token."
        case .agentsList: "The agents of one's accounts, for transfers."
        case .watchStart: "A supervisor's: also the events of others."
        case .watchStop: "Ends watches."
        }
    }
}
