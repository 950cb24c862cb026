import AgentProtocol
import ConnectorKit
import Domain
import JSON

@testable import Telegram
@testable import Viber

extension Reader {
    /// The page of a poll, as Telegram's or as what is left of one; nothing in it fails the others.
    static let updates = Reader("updates", tests: "TelegramTests", seeds: updatePages) { bytes in
        if let page = try? TelegramPage(reading: bytes[...], from: 7) {
            let count = (try? JSONSplitter.elements(of: bytes))?.count ?? 0
            let taken = page.batch.items.count + page.batch.skipped.values.reduce(0, +)
            demand(taken == count, "an update was lost")
            demand(page.isStuck || page.batch.position != nil || count == 0, "nothing goes on and nobody says so")
            demand(page.batch.position ?? 1 > 0, "a position that Telegram would read as something else")
            page.batch.items.forEach(storable)
        }
        let cut = Array(#"{"ok":true,"result":["#.utf8) + bytes
        if let page = TelegramPage(salvaging: cut, from: nil) { page.batch.items.forEach(storable) }
    }

    /// A callback of Viber, signed, since who does not know the token does not come so far.
    static let callbacks = Reader("callbacks", tests: "ViberTests", seeds: viberCallbacks) { bytes in
        let signature = ViberSignature(token: Secret("4453b6ac12345678-e02c5f12174805f9-daec9cbb5448c51f"))
        demand(
            !signature.isValid(String(decoding: bytes, as: UTF8.self), of: bytes), "a body that signs itself is taken")
        guard let event = ViberEvent(reading: bytes) else { return }
        demand((try? JSONSplitter.members(of: bytes)) != nil, "what is no object is taken for a callback")
        let incoming = ViberIncoming(signature: signature, now: Timestamp(seconds: 1_790_000_000))
        if case .item(let item) = incoming.read(event) { storable(item) }
    }

    /// What goes into the inbox comes out of it as it was, and PostgreSQL can hold it.
    @Sendable private static func storable(_ item: Inbound) {
        demand(!item.chat.isEmpty && !(item.key ?? "").utf8.contains(0), "a key or chat that is none")
        text(item.key, bytes: 2048)
        text(item.chat, bytes: 256)
        text(item.profile?.name, bytes: 512)
        text(item.profile?.username, bytes: 512)
        text(item.profile?.language, bytes: 64)
        text(item.profile?.phone, bytes: 64)
        if let at = item.providerAt { demand(Timestamp.writable.contains(at), "a moment that nobody can write down") }
        switch item.event {
        case .message(let message), .edit(let message): stored(message)
        case .status(let report): text(report.reason?.text, bytes: 501)
        case .reaction(let id, let emojis):
            text(id, bytes: 256)
            for emoji in emojis { text(emoji, bytes: 2048) }
        case .blocked, .profile, .file: break
        }
    }

    private static func stored(_ message: IncomingMessage) {
        text(message.externalID, bytes: 256)
        text(message.group, bytes: 2048)
        text(message.replyTo?.preview, bytes: 2048)
        text(message.startPayload, bytes: 2048)
        text(message.file?.name, bytes: 2048)
        text(message.file?.source, bytes: 16 << 10)
        demand(message.file?.size ?? 0 >= 0, "a file of less than nothing")
        let bytes = JSONWriter.bytes(of: message.content)
        let document = try? JSONDocument(parsing: bytes)
        demand(document?.hasUnstorableText == false, "content that no database can hold")
        demand(bytes.count <= AgentLimits.contentBytes, "content that does not fit into an agent's frame")
        let again = try? Content(kind: message.content.kind, bytes: bytes)
        demand(again == message.content, "content comes back as another: \(String(decoding: bytes, as: UTF8.self))")
        if case .text(let text) = message.content { fits(text) }
    }

    /// Entities lie within their text, in UTF-16 units.
    private static func fits(_ text: TextContent) {
        let units = text.text.utf16.count
        for entity in text.entities {
            let isWithin = entity.offset >= 0 && entity.length > 0 && entity.offset <= units - entity.length
            demand(isWithin, "an entity lies beside its text")
        }
    }

    private static func text(_ text: String?, bytes limit: Int) {
        guard let text else { return }
        demand(!text.utf8.contains(0), "U+0000, which cannot be kept")
        demand(text.utf8.count <= limit, "a text of \(text.utf8.count) bytes where \(limit) are the most")
    }

    private static let person =
        #""from":{"id":7101234567,"first_name":"Olga","language_code":"ru"},"chat":{"id":7101234567,"type":"private"}"#

    @Sendable private static func updatePages(_ text: String) -> [[UInt8]] {
        let update =
            text.hasPrefix("{")
            ? text : #"{"update_id":700000123,"message":{"message_id":51,\#(person),"date":1790000000,\#(text)}}"#
        guard text.hasPrefix("{") || text.hasPrefix("\"") else { return [Array(text.utf8)] }
        return [Array("[\(update)]".utf8), Array("\(update),\(update),".utf8)]
    }

    @Sendable private static func viberCallbacks(_ text: String) -> [[UInt8]] {
        guard text.hasPrefix("{"), !text.contains(#""event""#) else { return [Array(text.utf8)] }
        let head = #""event":"message","timestamp":1764000011222,"message_token":5741311803571733011"#
        let sender = #""sender":{"id":"01234567890A=","name":"Анна","language":"ru-RU"}"#
        return [Array("{\(head),\(sender),\"message\":\(text)}".utf8), Array(text.utf8)]
    }
}
