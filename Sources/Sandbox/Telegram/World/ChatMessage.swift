import JSON

/// One message of a chat, from either side.
struct ChatMessage {
    /// A member of the message object whose value is JSON already.
    struct Member {
        var name: String
        var json: [UInt8]

        init(_ name: String, _ json: [UInt8]) {
            self.name = name
            self.json = json
        }

        init(_ name: String, _ text: String) { self.init(name, JSONWriter.bytes(of: text)) }
    }

    enum Markup { case none, inline, other }

    var id: Int
    var date: Int
    var editDate: Int?
    var isFromBot: Bool
    /// The author as a user object.
    var from: [UInt8]
    var text: String
    /// `text`, `entities` and the like, in the order they are shown in.
    var content: [Member]
    var replyTo: Int?
    var markup = Markup.none
    /// Shown in the message object only where it is an inline keyboard, but kept of every kind.
    var markupJSON: [UInt8] = []
    /// When the call came, in seconds since 1970, and its number.
    var at: Double
    var request: UInt64 = 0
    var edits = 0
    var isDeleted = false
    /// It cannot be forwarded.
    var isProtected = false
    /// The emojis with which customers react to it.
    var reactions: [Int64: [String]] = [:]

    func json(in chat: [UInt8], replyingTo original: [UInt8]?) -> [UInt8] {
        var writer = JSONWriter(reserving: 256 + text.utf8.count * 2 + (original?.count ?? 0))
        writer.object {
            $0.member("message_id", id)
            $0.rawMember("from", from)
            $0.rawMember("chat", chat)
            $0.member("date", date)
            $0.optional("edit_date", editDate)
            if let original { $0.rawMember("reply_to_message", original) }
            for member in content { $0.rawMember(member.name, member.json) }
            if markup == .inline { $0.rawMember("reply_markup", markupJSON) }
        }
        return writer.bytes
    }
}

/// What a bot sent into a chat, as the test or the person at the demo sees it.
package struct SimulatedMessage: Sendable {
    package var chat: Int64
    package var messageID: Int
    package var text: String
    /// Seconds since 1970 at which the call came.
    package var at: Double
    /// The number of the call that sent it.
    package var request: UInt64
    package var replyTo: Int?
    /// The entities as JSON; nil where there are none.
    package var entities: JSONValue?
    package var replyMarkup: JSONValue?
    package var edits: Int
    package var isDeleted: Bool
    /// The members of the message object that hold what it says: `text`, `photo`, `caption` …
    package var content: JSONValue
}
