import Domain
import JSON

/// `message.send`
package struct MessageSend: Sendable, Equatable {
    package var interaction: InteractionID
    package var msgID: String
    package var body: OutgoingBody
    package var replyTo: MessageID?
    /// Sends with the same group go out as an album where the channel can.
    package var group: String?

    init(_ params: inout ParamsReader) throws {
        interaction = try params.required("interaction") { try $0.id() }
        msgID = try params.required("msg_id") { try $0.msgID() }
        body = try OutgoingBody(&params)
        replyTo = try params.optional("reply_to") { try $0.id() }
        group = try params.optional("group") { try $0.token(bytes: AgentLimits.idBytes) }
    }
}

/// `message.edit`
package struct MessageEdit: Sendable, Equatable {
    package enum Change: Sendable, Equatable {
        case text(TextContent)
        case caption(String)
    }

    package var message: MessageID
    package var change: Change
    package var keyboard: Keyboard?

    init(_ params: inout ParamsReader) throws {
        message = try params.required("message") { try $0.id() }
        let text = try params.optional("text") { try $0.object { try TextContent(&$0) } }
        let caption = try params.optional("caption") { try $0.text() }
        keyboard = try params.optional("keyboard") { try $0.object { try Keyboard(&$0) } }
        switch (text, caption) {
        case (let text?, nil): change = .text(text)
        case (nil, let caption?): change = .caption(caption)
        case (nil, nil): throw params.error("text", "or caption is missing")
        case (_?, _?): throw params.error("caption", "cannot stand beside text")
        }
    }
}

/// `message.forward`
package struct MessageForward: Sendable, Equatable {
    package var message: MessageID
    package var toInteraction: InteractionID
    package var msgID: String

    init(_ params: inout ParamsReader) throws {
        message = try params.required("message") { try $0.id() }
        toInteraction = try params.required("to_interaction") { try $0.id() }
        msgID = try params.required("msg_id") { try $0.msgID() }
    }
}

/// `messages.list` and `GET /v1/interactions/{id}/messages`
package struct MessagesList: Sendable, Equatable {
    package enum Bound: Sendable, Equatable {
        case before(seq: Int64)
        case after(seq: Int64)
        /// The last page.
        case none
    }

    package var interaction: InteractionID
    package var bound: Bound
    package var limit: Int

    package init(interaction: InteractionID, bound: Bound = .none, limit: Int = AgentLimits.pageDefault) {
        self.interaction = interaction
        self.bound = bound
        self.limit = limit
    }

    init(_ params: inout ParamsReader) throws {
        interaction = try params.required("interaction") { try $0.id() }
        let before = try params.optional("before_seq") { try $0.count() }
        let after = try params.optional("after_seq") { try $0.count() }
        limit = try params.optional("limit") { try $0.integer(in: 1...AgentLimits.pageMax) } ?? AgentLimits.pageDefault
        switch (before, after) {
        case (let before?, nil): bound = .before(seq: before)
        case (nil, let after?): bound = .after(seq: after)
        case (nil, nil): bound = .none
        case (_?, _?): throw params.error("after_seq", "cannot stand beside before_seq")
        }
    }
}

/// `typing.set`
package struct TypingSet: Sendable, Equatable {
    package var interaction: InteractionID
    package var on: Bool

    init(_ params: inout ParamsReader) throws {
        interaction = try params.required("interaction") { try $0.id() }
        on = try params.required("on") { try $0.bool() }
    }
}

/// `read.mark`
package struct ReadMark: Sendable, Equatable {
    package var interaction: InteractionID
    package var seq: Int64

    init(_ params: inout ParamsReader) throws {
        interaction = try params.required("interaction") { try $0.id() }
        seq = try params.required("seq") { try $0.count() }
    }
}
