import JSON

/// What a customer sends to a bot.
package struct CustomerMessage: Sendable {
    package var text: String?
    /// A JSON array; of a text that begins with a slash the command is marked without being told.
    package var entities: JSONValue?
    package var file: CustomerFile?
    package var replyTo: Int?
    /// Where it is written, if not in the private chat with the bot.
    package var group: Int64?
    /// Seconds since 1970; nil for now.
    package var date: Double?
    /// More members of the message object, such as `caption`, `photo` or `contact`, as JSON text that nobody checks: broken
    /// text, lone surrogates and endless nesting get through to the bot.
    package var members: [(name: String, json: [UInt8])]

    package init(
        _ text: String? = nil, entities: JSONValue? = nil, replyTo: Int? = nil, group: Int64? = nil,
        date: Double? = nil,
        members: [(name: String, json: [UInt8])] = []
    ) {
        self.text = text
        self.entities = entities
        self.replyTo = replyTo
        self.group = group
        self.date = date
        self.members = members
    }

    /// What the start button sends, with the payload of the link that led to the bot.
    package static func start(_ payload: String? = nil) -> CustomerMessage {
        CustomerMessage(payload.map { "/start \($0)" } ?? "/start")
    }

    var content: [ChatMessage.Member] {
        var content: [ChatMessage.Member] = []
        if let text {
            content.append(ChatMessage.Member("text", text))
            if let entities = entities ?? Self.command(in: text) {
                content.append(ChatMessage.Member("entities", JSONWriter.bytes(of: entities)))
            }
        }
        return content + members.map { ChatMessage.Member($0.name, $0.json) }
    }

    private static func command(in text: String) -> JSONValue? {
        guard text.hasPrefix("/") else { return nil }
        let length = text.prefix { !$0.isWhitespace }.utf16.count
        guard length > 1 else { return nil }
        return .array([
            .object([
                JSONMember("offset", .number(0)), JSONMember("length", .number(Int64(length))),
                JSONMember("type", .string("bot_command")),
            ])
        ])
    }
}

/// Where a message of a customer went.
package struct CustomerDelivery: Sendable, Equatable {
    package var chat: Int64
    package var messageID: Int
    /// Nil where the bot gets no update of it.
    package var updateID: Int?
}

/// A request to the simulator itself that makes no sense.
package struct SimulatorError: Error, Equatable, CustomStringConvertible {
    package var description: String

    init(_ description: String) { self.description = description }
}
