import Domain
import JSON

extension AgentRequest {
    /// The idempotency key of the request, where it has one: scope is the agent.
    package var msgID: String? {
        switch self {
        case .messageSend(let send): send.msgID
        case .messageForward(let forward): forward.msgID
        case .customerAskPhone(let ask): ask.msgID
        case .interactionStart(let start): start.msgID
        default: nil
        }
    }

    /// What makes two requests with one `msg_id` the same: bytes to be hashed, which do not depend on the order of members,
    /// on white space, on escapes or on defaults being written out. Nil where `msgID` is.
    package var idempotencyBody: [UInt8]? {
        guard msgID != nil else { return nil }
        return JSONWriter.object { writer in
            switch self {
            case .messageSend(let send):
                writer.member("method", AgentMethod.messageSend.rawValue)
                writer.member("interaction", send.interaction)
                send.body.writeMembers(to: &writer)
                writer.optional("reply_to", send.replyTo)
                writer.optional("group", send.group)
            case .messageForward(let forward):
                writer.member("method", AgentMethod.messageForward.rawValue)
                writer.member("message", forward.message)
                writer.member("to_interaction", forward.toInteraction)
            case .customerAskPhone(let ask):
                writer.member("method", AgentMethod.customerAskPhone.rawValue)
                writer.member("interaction", ask.interaction)
                writer.optional("text", ask.text)
            case .interactionStart(let start):
                writer.member("method", AgentMethod.interactionStart.rawValue)
                writer.member("account", start.account)
                switch start.to {
                case .externalID(let id): writer.member("external_id", id)
                case .phone(let phone): writer.member("phone", phone)
                }
                writer.optional("content", start.body)
                writer.member("take", start.take)
            default: break
            }
        }
    }
}
