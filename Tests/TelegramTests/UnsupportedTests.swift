import ConnectorKit
import Domain
import JSON
import Testing

@testable import Telegram

@Suite("What Telegram sends and Eralink has no kind for")
struct UnsupportedTests {
    static let kinds: [Row<String, String>] = [
        Row("a picture without sizes", #""photo":[],"caption":"чек""#, "photo"),
        Row("a picture whose sizes have no id", #""photo":[{"width":5}]"#, "photo"),
        Row("a video that is a word", #""video":"A""#, "video"),
        Row("a document without an id", #""document":{"file_name":"a.pdf"}"#, "document"),
        Row("a voice message with an empty id", #""voice":{"file_id":""}"#, "voice"),
        Row("a place without coordinates", #""location":{},"venue":{}"#, "venue"),
        Row("a place beyond the pole", #""location":{"latitude":91,"longitude":0}"#, "location"),
        Row("coordinates that are words", #""location":{"latitude":"north","longitude":"east"}"#, "location"),
        Row("a contact without a number", #""contact":{"first_name":"O"}"#, "contact"),
        Row("a die", #""dice":{"emoji":"🎲","value":4}"#, "dice"),
        Row("a poll", #""poll":{"id":"1","question":"?"}"#, "poll"),
        Row("a story", #""story":{"id":1,"chat":{"id":5}}"#, "story"),
        Row("a checklist", #""checklist":{"title":"x"}"#, "checklist"),
        Row("a live photo, which is a photo as well", #""live_photo":{},"photo":[{"file_id":"A"}]"#, "live_photo"),
        Row("a service message", #""pinned_message":{"message_id":3}"#, "pinned_message"),
        Row("something of the future", #""hologram":{"depth":3},"caption":"x""#, "hologram"),
        Row("nothing at all", #""has_protected_content":true"#, "message"),
        Row("a text that is a number", #""text":5"#, "text"),
        Row("an empty text", #""text":"""#, "text"),
    ]

    @Test("is shown with its JSON", arguments: kinds)
    func kind(_ row: Row<String, String>) throws {
        let reading = Samples.read(Samples.message(row.given))
        let content = try #require(unsupported(reading))
        #expect(content.providerType == row.expected)
        let raw = try JSONValue(parsing: content.raw)
        #expect(raw == (try JSONValue(parsing: Samples.message(row.given)))["message"])
        guard case .item(let inbound) = reading else { return }
        #expect(inbound.key == "700000123/1790000000" && inbound.profile == Samples.profile)
    }

    static let flawed: [Row<String, String>] = [
        Row("U+0000 in the text", #""text":"a\u0000b""#, "text"),
        Row("a lone surrogate in the text", #""text":"a\ud83db""#, "text"),
        Row("a lone trailing surrogate in a caption", #""photo":[],"caption":"\udc00""#, "photo"),
        Row("bytes that are a control character in a string", "\"text\":\"a\u{1}b\"", "text"),
        Row("nesting of 200 levels", #""text":"a","x":\#(nested(200))"#, "text"),
        Row("nesting of 100,000 levels", #""text":"a","x":\#(nested(100_000))"#, "text"),
        Row("a text of 70,000 bytes", #""text":"\#(String(repeating: "ё", count: 35_000))""#, "text"),
        Row(
            "a caption of 70,000 bytes",
            #""photo":[{"file_id":"A"}],"caption":"\#(String(repeating: "ё", count: 35_000))""#, "photo"),
        Row("an update of two megabytes", #""text":"a","x":"\#(String(repeating: "y", count: 2 << 20))""#, "text"),
    ]

    static func nested(_ levels: Int) -> String {
        String(repeating: "[", count: levels) + String(repeating: "]", count: levels)
    }

    @Test("what cannot be stored as it came is shown, cleaned", arguments: flawed)
    func flaw(_ row: Row<String, String>) throws {
        let reading = Samples.read(Samples.message(row.given))
        let content = try #require(unsupported(reading))
        #expect(content.providerType == row.expected)
        #expect(content.raw.utf8.count <= 16 << 10)
        #expect(!content.raw.unicodeScalars.contains("\0"))
        #expect(!content.raw.lowercased().contains(#"\u0000"#) && !content.raw.lowercased().contains(#"\ud8"#))
        #expect(content.raw.contains(#""message_id":51"#))
        guard case .item(let inbound) = reading, case .message(let message) = inbound.event else {
            Issue.record("no message")
            return
        }
        #expect(inbound.chat == "7101234567" && inbound.key == "700000123/1790000000" && message.externalID == "51")
    }

    @Test("invalid UTF-8 is shown, cleaned")
    func invalidUTF8() throws {
        var bytes = Array(Samples.message(#""text":"ab""#).utf8)
        let place = try #require(bytes.indices.last { bytes[$0] == UInt8(ascii: "b") })
        bytes.insert(contentsOf: [0xC3, 0x28, 0xFF], at: place)
        let content = try #require(unsupported(TelegramIncoming.read(TelegramUpdate(reading: bytes[...]))))
        #expect(content.raw.contains("a\u{FFFD}("))
    }

    @Test("a flaw in the customer's name leaves the text as it came")
    func flawedName() throws {
        let json = Samples.message(#""text":"привет""#).replacing(
            #""first_name":"Olga""#, with: #""first_name":"O\ud800\u0000""#)
        let expected = CustomerProfile(name: "O\u{FFFD}\u{FFFD} Смирнова", username: "olga", language: "ru")
        #expect(
            Samples.read(json)
                == Samples.item(.message(Samples.incoming(.text(.init(text: "привет")))), profile: expected))
    }

    static let odd: [Row<String, Inbound>] = [
        Row(
            "no sender",
            #"{"update_id":7,"message":{"message_id":1,"chat":{"id":5,"type":"private"},"date":9,"text":"a"}}"#,
            inbound("7/9", nil, Timestamp(seconds: 9))),
        Row(
            "no type of chat", #"{"update_id":7,"message":{"message_id":1,"chat":{"id":5},"date":9,"text":"a"}}"#,
            inbound("7/9", nil, Timestamp(seconds: 9))),
        Row(
            "no id of the chat",
            #"{"update_id":7,"message":{"message_id":1,"from":{"id":5},"chat":{"type":"private"},"date":9,"text":"a"}}"#,
            inbound("7/9", nil, Timestamp(seconds: 9))),
        Row(
            "names that are empty",
            #"{"update_id":7,"message":{"message_id":1,"from":{"id":5,"first_name":"","language_code":"de"},"chat":{"id":5,"type":"private"},"date":9,"text":"a"}}"#,
            inbound("7/9", .init(language: "de"), Timestamp(seconds: 9))),
        Row(
            "no date", #"{"update_id":7,"message":{"message_id":1,"chat":{"id":5,"type":"private"},"text":"a"}}"#,
            inbound("7/0", nil, nil)),
        Row(
            "a date beyond time",
            #"{"update_id":7,"message":{"message_id":1,"chat":{"id":5,"type":"private"},"date":9223372036854775807,"text":"a"}}"#,
            inbound("7/0", nil, nil)),
        Row(
            "a number for a name",
            #"{"update_id":7,"message":{"message_id":1,"from":{"id":5,"first_name":7,"username":[]},"chat":{"id":5,"type":"private"},"text":"a"}}"#,
            inbound("7/0", nil, nil)),
    ]

    static func inbound(_ key: String, _ profile: CustomerProfile?, _ at: Timestamp?) -> Inbound {
        Inbound(
            key: key, chat: "5", profile: profile, providerAt: at,
            event: .message(.init(externalID: "1", content: .text(.init(text: "a")))))
    }

    @Test("a text with odd surroundings is a text", arguments: odd)
    func surroundings(_ row: Row<String, Inbound>) { #expect(Samples.read(row.given) == .item(row.expected)) }

    @Test("ids beyond 2^53 keep their digits")
    func largeIDs() {
        let json =
            #"{"update_id":7,"message":{"message_id":9007199254740993,"chat":{"id":9223372036854775807,"type":"private"},"date":9,"text":"a"}}"#
        guard case .item(let inbound) = Samples.read(json), case .message(let message) = inbound.event else {
            Issue.record("no message")
            return
        }
        #expect(inbound.chat == "9223372036854775807" && message.externalID == "9007199254740993")
    }

    @Test("a message without a number is shown under its update's")
    func noMessageID() throws {
        let json = #"{"update_id":7,"edited_message":{"chat":{"id":5,"type":"private"},"date":9,"text":"a"}}"#
        guard case .item(let inbound) = Samples.read(json), case .message(let message) = inbound.event else {
            Issue.record("no message")
            return
        }
        #expect(inbound.key == "7/9" && message.externalID == "update-7" && message.content.kind == .unsupported)
    }

    private func unsupported(_ reading: TelegramIncoming.Reading) -> UnsupportedContent? {
        guard case .unsupported(let content) = Samples.content(reading) else { return nil }
        return content
    }
}
