import JSON

/// One element of the answer of `getUpdates`, read so that nothing in it can fail its siblings: what cannot be read as a
/// whole is read member by member, and what cannot be kept as it came is named in `damaged`.
struct TelegramUpdate: Sendable, Equatable {
    /// Positive; nil where it is missing or no number.
    var id: Int64?
    /// Which kind of update it is: the name of its one member beside `update_id`.
    var kind: String?
    /// That member's value.
    var body: JSONValue
    /// The members of `body` that hold text no database can store, or that could not be read; `body` has a readable
    /// stand-in for each.
    var damaged: Set<String> = []
    /// Tells updates apart that have no id: a digest of their bytes.
    var digest = ""

    init(reading bytes: ArraySlice<UInt8>) {
        body = .null
        if bytes.count <= TelegramLimits.updateBytes,
            let document = try? JSONDocument(parsing: bytes, limits: Self.limits), !document.hasUnstorableText
        {
            take(document.value)
        } else {
            salvage(Array(bytes))
        }
        if id == nil { digest = Self.digest(of: bytes) }
    }

    private static let limits = JSONLimits(invalidUTF8: .replace)

    private mutating func take(_ update: JSONValue) {
        guard let members = update.object else { return }
        id = Self.id(update["update_id"])
        guard let member = members.last(where: { Self.known.contains($0.name) }) ?? members.last(where: Self.mayBeKind)
        else { return }
        kind = member.name
        body = member.value
    }

    private mutating func salvage(_ bytes: [UInt8]) {
        guard let members = try? JSONSplitter.members(of: bytes) else {
            id = Self.leadingID(bytes)
            return
        }
        for member in members where member.name == "update_id" {
            id = Self.id(try? JSONValue(parsing: bytes[member.value], limits: Self.limits))
        }
        let kinds = members.filter { $0.name != "update_id" }
        guard let member = kinds.last(where: { Self.known.contains($0.name) }) ?? kinds.last else { return }
        kind = member.name
        let inner = Array(bytes[member.value])
        guard let parts = try? JSONSplitter.members(of: inner) else { return }
        body = .object(
            parts.map { part in
                let (value, isWhole) = Self.value(of: inner[part.value])
                if !isWhole { damaged.insert(part.name) }
                return JSONMember(part.name, value)
            })
    }

    private static func value(of bytes: ArraySlice<UInt8>) -> (JSONValue, isWhole: Bool) {
        if bytes.count <= TelegramLimits.memberBytes, let document = try? JSONDocument(parsing: bytes, limits: limits) {
            return (document.value, !document.hasUnstorableText)
        }
        return (.string(TelegramRaw.text(of: bytes, limit: TelegramLimits.rawBytes / 2)), false)
    }

    private static let beginning = Array(#"{"update_id":"#.utf8)

    /// Where updates begin in a text that may be no JSON. Within a string the quotes would be escaped.
    static func beginnings(in bytes: [UInt8]) -> [Int] {
        bytes.indices.filter { index in
            bytes[index] == UInt8(ascii: "{") && bytes[index...].starts(with: beginning)
        }
    }

    /// The id of an update of which nothing else can be read.
    private static func leadingID(_ bytes: [UInt8]) -> Int64? {
        guard bytes.starts(with: beginning) else { return nil }
        let digits = bytes.dropFirst(beginning.count).prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
        return id(Int64(String(decoding: digits, as: UTF8.self)).map { JSONValue.number($0) })
    }

    private static func id(_ value: JSONValue?) -> Int64? {
        guard let id = value?.int64, id > 0, id < .max else { return nil }
        return id
    }

    private static func mayBeKind(_ member: JSONMember) -> Bool {
        member.name != "update_id" && member.value.object != nil
    }

    /// FNV-1a of 64 bits.
    private static func digest(of bytes: ArraySlice<UInt8>) -> String {
        let hash = bytes.reduce(0xcbf2_9ce4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
        return String(hash, radix: 16)
    }

    /// The kinds of the Bot API 10.0 (providers' digest, section 4).
    static let known: Set<String> = [
        "message", "edited_message", "callback_query", "message_reaction", "my_chat_member", "channel_post",
        "edited_channel_post", "message_reaction_count", "chat_member", "chat_join_request", "inline_query",
        "chosen_inline_result", "poll", "poll_answer", "shipping_query", "pre_checkout_query", "purchased_paid_media",
        "chat_boost", "removed_chat_boost", "business_connection", "business_message", "edited_business_message",
        "deleted_business_messages", "managed_bot", "guest_message",
    ]
}
