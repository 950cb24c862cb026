import Domain
import JSON

extension Message: JSONWritable {
    /// The message object (agent-api.md, "Objects"): content and keyboard are spliced as they are.
    package func write(to writer: inout JSONWriter) {
        writer.objectValue {
            $0.member("id", id)
            $0.member("interaction", interaction)
            $0.member("seq", seq)
            $0.optional("msg_id", msgID)
            $0.member("direction", direction)
            $0.member("agent", agent)
            $0.member("kind", kind)
            $0.rawMember(kind.rawValue, content)
            $0.optional("reply_to", replyTo)
            $0.optional("forwarded_from", forwardedFrom)
            $0.optional("group", group)
            if let keyboard { $0.rawMember("keyboard", keyboard) }
            $0.optional("start_payload", startPayload)
            $0.member("at", at)
            $0.optional("provider_at", providerAt)
            $0.optional("edited_at", editedAt)
            $0.optional("deleted_at", deletedAt)
            $0.member("state", state)
            $0.optional("reason", reason)
            $0.member("parts", parts)
        }
    }
}

extension MessagePart: JSONWritable {
    package func write(to writer: inout JSONWriter) {
        writer.objectValue {
            $0.member("n", number)
            $0.member("external_id", externalID)
            $0.member("state", state)
            $0.member("at", at)
            $0.member("attempts", attempts)
            $0.member("reason", reason)
        }
    }
}

extension Reason: JSONWritable {
    package func write(to writer: inout JSONWriter) {
        writer.objectValue {
            $0.member("code", code)
            $0.member("text", text)
        }
    }
}

extension ReplyReference: JSONWritable {
    package func write(to writer: inout JSONWriter) {
        writer.objectValue {
            $0.member("id", id)
            $0.member("external_id", externalID)
            $0.member("preview", Preview.fitting(preview))
        }
    }
}

extension ForwardOrigin: JSONWritable {
    package func write(to writer: inout JSONWriter) {
        writer.objectValue {
            $0.member("name", name)
            $0.member("external_id", externalID)
            $0.member("at", at)
        }
    }
}
