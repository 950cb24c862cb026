import Crypto
import Domain
import TestSupport

@testable import Viber

enum IncomingRows {
    // MARK: how rows are made

    static func sign(_ body: [UInt8]) -> String {
        HMAC<SHA256>.authenticationCode(for: body, using: SymmetricKey(data: Array(Bot.token.utf8)))
            .map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }

    static func row(_ label: String, _ body: [UInt8], _ expected: IncomingRow.Result...) -> IncomingRow {
        IncomingRow(label, body, headers: ["X-Viber-Content-Signature": sign(body)], expected)
    }

    static func row(_ label: String, _ json: String, _ expected: IncomingRow.Result...) -> IncomingRow {
        let body = Array(json.utf8)
        return IncomingRow(label, body, headers: ["X-Viber-Content-Signature": sign(body)], expected)
    }

    static let sender =
        #"{"id":"\#(Bot.chat)","name":"Анна","avatar":"https://media.example/a.jpg","language":"ru-RU","country":"RU","api_version":10}"#
    static let profile = CustomerProfile(
        name: "Анна", language: "ru-RU", avatarSource: "https://media.example/a.jpg")

    static func callback(_ event: String, _ members: String) -> String {
        #"{"event":"\#(event)","timestamp":1764000011222,"chat_hostname":"SN-CHAT-05_","message_token":5741311803571733011,\#(members)}"#
    }

    static func json(_ message: String, sender: String = sender) -> String {
        callback("message", #""sender":\#(sender),"message":\#(message),"silent":false"#)
    }

    static func item(
        _ event: String, _ content: Inbound.Event, profile: CustomerProfile? = profile, at: Int64 = 1_764_000_011_222,
        token: String = "5741311803571733011"
    ) -> IncomingRow.Result {
        .item(
            Inbound(
                key: "\(event)/\(token)/\(Bot.chat)", chat: Bot.chat, profile: profile,
                providerAt: Timestamp(microseconds: at * 1000), event: content))
    }

    static func message(
        _ content: Content, file: IncomingFile? = nil, profile: CustomerProfile? = profile,
        token: String = "5741311803571733011"
    ) -> IncomingRow.Result {
        item(
            "message", .message(IncomingMessage(externalID: token, content: content, file: file)), profile: profile,
            token: token)
    }

    static func says(_ label: String, _ message: String, _ content: Content, file: IncomingFile? = nil) -> IncomingRow {
        row(label, json(message), self.message(content, file: file))
    }

    static func text(_ label: String, _ text: String, json: String? = nil) -> IncomingRow {
        says(label, #"{"type":"text","text":"\#(json ?? text)"}"#, .text(TextContent(text: text)))
    }

    static func media(
        _ kind: MediaKind, caption: String? = nil, duration: Int? = nil
    ) -> Content {
        var media = MediaContent(file: .unassigned)
        media.caption = caption
        media.duration = duration
        return .media(kind, media)
    }

    static func file(_ link: String, name: String? = nil, size: Int64? = nil) -> IncomingFile {
        IncomingFile(source: "at=1764000012 \(link)", name: name, size: size)
    }

    static func raw(_ type: String, _ message: String) -> Content {
        .unsupported(UnsupportedContent(providerType: type, raw: message))
    }

    static let pressed = ViberPress(message: MessageID(1042), data: "order:17:да")
        .actionBody(in: Bot.chat, by: Bot.signature)
    static let asked = ViberTracking(asksPhone: true).text(in: Bot.chat, by: Bot.signature) ?? ""

    static func contact(_ name: String?, _ phone: String, tracking: String? = asked) -> String {
        let name = name.map { #""name":"\#($0)","# } ?? ""
        let tracking = tracking.map { #","tracking_data":"\#($0)""# } ?? ""
        return #"{"type":"contact","contact":{\#(name)"phone_number":"\#(phone)"}\#(tracking)}"#
    }

    static func own(_ label: String, _ message: String, _ contact: ContactContent) -> IncomingRow {
        var profile = profile
        profile.phone = contact.phone
        return row(label, json(message), self.message(.contact(contact), profile: profile))
    }

    // MARK: the tables

    static let kinds: [IncomingRow] = [
        text("a text", "Где мой заказ?"),
        text("emoji with joiners", "Семья 👩‍👩‍👧‍👦 и флаг 🏴‍☠️"),
        text("right to left", "שלום, أين طلبي؟"),
        text("characters of four bytes, escaped", "𝔘𝔫𝔦 😀", json: #"\ud835\udd18\ud835\udd2b\ud835\udd26 \ud83d\ude00"#),
        text("what looks like a press of ours and is none", "cb:1042:000000000000:order"),
        text("a text of a button", "Да"),
        says(
            "the press of a button", #"{"type":"text","text":"\#(pressed)"}"#,
            .callback(CallbackContent(id: "5741311803571733011", data: "order:17:да", message: MessageID(1042)))),
        says(
            "a picture with a caption",
            #"{"type":"picture","media":"https://dl.example/p?id=1","text":"Вот","thumbnail":"https://dl.example/t","file_name":"p.jpg","size":48211}"#,
            media(.image, caption: "Вот"), file: file("https://dl.example/p?id=1", name: "p.jpg", size: 48211)),
        says(
            "a picture without one", #"{"type":"picture","media":"https://dl.example/p.jpg","text":""}"#,
            media(.image), file: file("https://dl.example/p.jpg")),
        says(
            "a video", #"{"type":"video","media":"https://dl.example/v.mp4","duration":14,"size":900}"#,
            media(.video, duration: 14), file: file("https://dl.example/v.mp4", size: 900)),
        says(
            "a file with file_size",
            #"{"type":"file","media":"https://dl.example/f","file_name":"счёт.pdf","file_size":12}"#,
            media(.document), file: file("https://dl.example/f", name: "счёт.pdf", size: 12)),
        says(
            "a file with size",
            #"{"type":"file","media":"https://dl.example/f","file_name":"../../etc/passwd","size":13}"#,
            media(.document), file: file("https://dl.example/f", name: "../../etc/passwd", size: 13)),
        says(
            "a sticker by number", #"{"type":"sticker","sticker_id":40133}"#, media(.sticker),
            file: IncomingFile(
                source: "sticker 40133", name: "viber-sticker-40133",
                refusal: Reason(
                    code: "unsupported", text: "Viber tells bots only the number of a sticker: 40133"))),
        says(
            "a sticker as text, with a picture",
            #"{"type":"sticker","sticker_id":"40133","media":"https://dl.example/40133.png"}"#, media(.sticker),
            file: file("https://dl.example/40133.png", name: "viber-sticker-40133")),
        says(
            "somebody's contact", contact("Пётр", "+7 (999) 123-45-67", tracking: nil),
            .contact(ContactContent(name: "Пётр", phone: "+79991234567"))),
        says(
            "the own contact, not asked for", contact("Анна", "79991234567", tracking: nil),
            .contact(ContactContent(name: "Анна", phone: "+79991234567"))),
        own(
            "the own phone, asked for", contact(nil, "79991234567"),
            ContactContent(name: "", phone: "+79991234567", own: true)),
        own(
            "the own phone with the own name", contact("Анна", "+79991234567"),
            ContactContent(name: "Анна", phone: "+79991234567", own: true)),
        says(
            "somebody's contact when the own was asked for", contact("Пётр", "+79991234567"),
            .contact(ContactContent(name: "Пётр", phone: "+79991234567"))),
        says(
            "tracking data of another chat",
            contact(nil, "79991234567", tracking: ViberTracking(asksPhone: true).text(in: "x", by: Bot.signature)),
            .contact(ContactContent(name: "", phone: "+79991234567"))),
        says(
            "a location", #"{"type":"location","location":{"lat":55.7522,"lon":37.6156}}"#,
            .location(LocationContent(latitude: 55.7522, longitude: 37.6156))),
        says(
            "a location as text", #"{"type":"location","location":{"lat":"-33.5","lon":"151"}}"#,
            .location(LocationContent(latitude: -33.5, longitude: 151))),
        says(
            "a link", #"{"type":"url","media":"https://shop.example/17"}"#,
            .text(TextContent(text: "https://shop.example/17"))),
        says(
            "a link with words", #"{"type":"url","media":"https://shop.example/17","text":"Это"}"#,
            .text(TextContent(text: "Это\nhttps://shop.example/17"))),
        says("a kind of tomorrow", #"{"type":"poll","q":"?"}"#, raw("poll", #"{"type":"poll","q":"?"}"#)),
    ]

    static let events: [IncomingRow] = [
        row(
            "conversation started",
            callback(
                "conversation_started", #""type":"open","context":"from-site","user":\#(sender),"subscribed":false"#),
            item("conversation_started", .profile)),
        row("subscribed", callback("subscribed", #""user":\#(sender)"#), item("subscribed", .blocked(false))),
        row(
            "unsubscribed", callback("unsubscribed", #""user_id":"\#(Bot.chat)""#),
            item("unsubscribed", .blocked(true), profile: nil)),
        row(
            "delivered", callback("delivered", #""user_id":"\#(Bot.chat)""#),
            item(
                "delivered", .status(StatusReport(subject: .external("5741311803571733011"), state: .delivered)),
                profile: nil)),
        row("seen", callback("seen", #""user_id":"\#(Bot.chat)""#), item("seen", .status(seen), profile: nil)),
        row(
            "failed", callback("failed", #""user_id":"\#(Bot.chat)","desc":"too high keyboard""#),
            item("failed", .status(failed("too high keyboard")), profile: nil)),
        row(
            "failed without words", callback("failed", #""user_id":"\#(Bot.chat)""#),
            item("failed", .status(failed("the customer's Viber could not take the message")), profile: nil)),
        row("the check of a webhook", callback("webhook", #""x":1"#), .skipped("webhook")),
        row(
            "a payment", callback("client_status", #""user":\#(sender),"status":{"code":0}"#), .skipped("client_status")
        ),
        row("an event of tomorrow", callback("levitated", #""user":\#(sender)"#), .skipped("unknown_event")),
        row(
            "a person of whom only the id is told",
            json(#"{"type":"text","text":"a"}"#, sender: #"{"id":"\#(Bot.chat)"}"#),
            message(.text(TextContent(text: "a")), profile: nil)),
        row(
            "a token as text",
            json(#"{"type":"text","text":"a"}"#).replacing("5741311803571733011", with: #""5741311803571733011""#),
            message(.text(TextContent(text: "a")))),
        row(
            "a token of more than 64 bits",
            json(#"{"type":"text","text":"a"}"#).replacing("5741311803571733011", with: "99999999999999999999999"),
            message(.text(TextContent(text: "a")), token: "99999999999999999999999")),
    ]

    private static var seen: StatusReport {
        var report = StatusReport(subject: .external("5741311803571733011"), state: .read)
        report.coversEarlier = true
        return report
    }

    private static func failed(_ text: String) -> StatusReport {
        var report = StatusReport(subject: .external("5741311803571733011"), state: .failed)
        report.reason = Reason(code: "provider_error", text: text)
        return report
    }

    static let flawed: [IncomingRow] = [
        says(
            "a text of another type", #"{"type":"text","text":17}"#, raw("text", #"{"type":"text","text":17}"#)),
        says("an empty text", #"{"type":"text","text":""}"#, raw("text", #"{"type":"text","text":""}"#)),
        says("a message that is none", #""hi""#, raw("message", #""hi""#)),
        says(
            "U+0000 in a text", #"{"type":"text","text":"a\u0000b"}"#,
            raw("text", "{\"type\":\"text\",\"text\":\"a\u{FFFD}b\"}")),
        says(
            "half a surrogate pair in a text", #"{"type":"text","text":"a\ud800b"}"#,
            raw("text", "{\"type\":\"text\",\"text\":\"a\u{FFFD}b\"}")),
        row(
            "U+0000 in a name leaves the text as it came",
            json(#"{"type":"text","text":"a"}"#, sender: #"{"id":"\#(Bot.chat)","name":"x\u0000y"}"#),
            message(.text(TextContent(text: "a")), profile: CustomerProfile(name: "x\u{FFFD}y"))),
        says(
            "nesting without end",
            #"{"type":"text","text":\#(String(repeating: "[", count: 200))\#(String(repeating: "]", count: 200))}"#,
            raw(
                "text",
                #"{"type":"text","text":"\#(String(repeating: "[", count: 200))\#(String(repeating: "]", count: 200))"}"#
            )),
        says(
            "a picture without a link", #"{"type":"picture","text":"x"}"#,
            raw("picture", #"{"type":"picture","text":"x"}"#)),
        says(
            "a picture whose link is a script", #"{"type":"picture","media":"javascript:alert(1)"}"#,
            raw("picture", #"{"type":"picture","media":"javascript:alert(1)"}"#)),
        says(
            "a picture whose link breaks a line", #"{"type":"picture","media":"https://a.example/\r\nHost: b"}"#,
            raw("picture", #"{"type":"picture","media":"https://a.example/\r\nHost: b"}"#)),
        says(
            "a location beyond the pole", #"{"type":"location","location":{"lat":91,"lon":0}}"#,
            raw("location", #"{"type":"location","location":{"lat":91,"lon":0}}"#)),
        says(
            "a contact without a number", #"{"type":"contact","contact":{"name":"x"}}"#,
            raw("contact", #"{"type":"contact","contact":{"name":"x"}}"#)),
        says(
            "a sticker without a number", #"{"type":"sticker","sticker_id":true}"#,
            raw("sticker", #"{"type":"sticker","sticker_id":true}"#)),
        row(
            "a time beyond all times",
            json(#"{"type":"text","text":"a"}"#).replacing("1764000011222", with: "9223372036854775807"),
            .item(
                Inbound(
                    key: "message/5741311803571733011/\(Bot.chat)", chat: Bot.chat, profile: profile,
                    event: .message(
                        IncomingMessage(externalID: "5741311803571733011", content: .text(TextContent(text: "a"))))))),
        row(
            "a sender without an id", json(#"{"type":"text","text":"a"}"#, sender: #"{"name":"x"}"#),
            .skipped("unreadable")),
        row("a receipt without a token", #"{"event":"seen","user_id":"\#(Bot.chat)"}"#, .skipped("unreadable")),
        row("an object of nothing", "{}", .skipped("unreadable")),
        row("an event that is a number", #"{"event":7}"#, .skipped("unreadable")),
        row("no JSON", "event=message", .refused("unreadable")),
        row("a JSON array", "[]", .refused("unreadable")),
        row("half a JSON", #"{"event":"message","#, .refused("unreadable")),
        row("nothing", "", .refused("unreadable")),
    ]

    static let unsigned: [IncomingRow] = {
        let body = Array(json(#"{"type":"text","text":"a"}"#).utf8)
        let other = sign(body + [0x20])
        return [
            IncomingRow("no signature", body, [.refused("unauthorized")]),
            IncomingRow(
                "another body's", body, headers: ["X-Viber-Content-Signature": other], [.refused("unauthorized")]),
            IncomingRow(
                "with a prefix", body, headers: ["X-Viber-Content-Signature": "sha256=" + sign(body)],
                [.refused("unauthorized")]),
            IncomingRow("unreadable and unsigned", "{", .refused("unauthorized")),
        ]
    }()
}
