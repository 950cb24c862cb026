import Domain
import Testing

@Suite("What a channel takes, and what it is given instead")
struct AdapterTests {
    /// Texts of 40, pictures of 100 bytes with captions of 10, documents; reply keyboards of two rows.
    static var channel: Capabilities {
        Capabilities(
            kinds: [
                .text: .init(send: .full, receive: true),
                .image: .init(
                    send: .full, receive: true, mime: ["image/png", "image/jpeg"], maxBytes: 100,
                    typeLimits: [.init("image/jpeg", 50)], captionMax: 10),
                .document: .init(send: .full, receive: true, maxBytes: 1000),
                .voice: .init(send: .fallback, receive: true),
                .audio: .init(send: .partial, receive: true, mime: ["audio/*"], maxBytes: 500, captionMax: 10),
            ], textMax: 40, textUnit: .utf16,
            keyboards: .init(
                reply: .init(rows: 2, perRow: 2, total: 3, label: 8, dataBytes: 8, kinds: [.text, .phone])))
    }

    private func parts(
        _ content: Content, _ keyboard: Keyboard? = nil, answered: String? = nil, mode: Adapt,
        over channel: Capabilities = channel
    ) throws -> [PartDraft] {
        try Adapter(channel, mode).parts(of: content, keyboard, answered: answered)
    }

    private func refusal(
        _ content: Content, _ keyboard: Keyboard? = nil, answered: String? = nil, mode: Adapt = .strict
    ) -> ChannelRefusal? {
        do {
            _ = try parts(content, keyboard, answered: answered, mode: mode)
        } catch { return error as? ChannelRefusal }
        return nil
    }

    static func text(_ text: String) -> Content { .text(TextContent(text: text)) }

    static func media(
        _ kind: MediaKind, _ mime: String? = nil, _ size: Int64? = nil, caption: String? = nil
    ) -> Content {
        var media = MediaContent(file: FileID(7))
        media.mime = mime
        media.size = size
        media.caption = caption
        return .media(kind, media)
    }

    static func keyboard(_ style: Keyboard.Style, _ rows: [[Keyboard.Button]]) -> Keyboard {
        Keyboard(style: style, rows: rows)
    }

    struct Refused: Sendable, CustomTestStringConvertible {
        var label: String
        var content: Content
        var keyboard: Keyboard?
        var answered: String?
        var code = ErrorCode.unsupported
        var feature: String
        var testDescription: String { label }
    }

    static let refused: [Refused] = [
        .init(label: "text", content: text(String(repeating: "a", count: 41)), code: .tooLong, feature: "text"),
        .init(label: "no such kind", content: media(.sticker), feature: "sticker"),
        .init(label: "only in fallback", content: media(.voice), feature: "voice"),
        .init(label: "type", content: media(.image, "image/gif", 10), feature: "image.mime"),
        .init(label: "size", content: media(.image, "image/png", 101), code: .tooLarge, feature: "image.size"),
        .init(
            label: "size of one type", content: media(.image, "image/jpeg", 51), code: .tooLarge, feature: "image.size"),
        .init(
            label: "caption", content: media(.image, "image/png", 1, caption: "01234567890"), code: .tooLong,
            feature: "image.caption"),
        .init(
            label: "no captions", content: media(.document, nil, 1, caption: "x"), feature: "document.caption"),
        .init(
            label: "no such keyboard", content: text("a"),
            keyboard: keyboard(.inline, [[.init(text: "a", kind: .text)]]), feature: "keyboard.inline"),
        .init(
            label: "no removal", content: text("a"), keyboard: Keyboard(style: .remove), feature: "keyboard.remove"),
        .init(
            label: "no such buttons", content: text("a"),
            keyboard: keyboard(.reply, [[.init(text: "a", kind: .callback, data: "d")]]), feature: "keyboard.callback"),
        .init(
            label: "rows", content: text("a"),
            keyboard: keyboard(.reply, Array(repeating: [.init(text: "a", kind: .text)], count: 3)),
            feature: "keyboard.rows"),
        .init(
            label: "buttons in a row", content: text("a"),
            keyboard: keyboard(.reply, [Array(repeating: .init(text: "a", kind: .text), count: 3)]),
            feature: "keyboard.buttons"),
        .init(
            label: "buttons in all", content: text("a"),
            keyboard: keyboard(
                .reply, Array(repeating: Array(repeating: .init(text: "a", kind: .text), count: 2), count: 2)),
            feature: "keyboard.total"),
        .init(
            label: "a button's text", content: text("a"),
            keyboard: keyboard(.reply, [[.init(text: "123456789", kind: .text)]]), code: .tooLong,
            feature: "keyboard.text"),
        .init(
            label: "a button's data in bytes", content: text("a"),
            keyboard: keyboard(.reply, [[.init(text: "a", kind: .text, data: "яяяяя")]]), code: .tooLong,
            feature: "keyboard.data"),
        .init(label: "a reply", content: text("a"), answered: "b", feature: "reply_to"),
    ]

    @Test("strict mode refuses what the channel lacks", arguments: refused)
    func strict(row: Refused) {
        let refusal = refusal(row.content, row.keyboard, answered: row.answered)
        #expect(refusal?.code == row.code && refusal?.feature == row.feature)
    }

    @Test("in the channel's own unit: 40 of UTF-16 are 20 characters beyond the BMP, or 40 graphemes")
    func units() throws {
        let faces = String(repeating: "😀", count: 21)
        #expect(refusal(Self.text(faces))?.details.contains(.init("actual", .integer(42))) == true)
        var graphemes = Self.channel
        graphemes.textUnit = .grapheme
        #expect(try parts(Self.text(faces), mode: .strict, over: graphemes).count == 1)
    }

    @Test("what the channel takes goes as it is, in either mode", arguments: Adapt.allCases)
    func asItIs(mode: Adapt) throws {
        let keyboard = Self.keyboard(.reply, [[.init(text: "Ring me", kind: .phone)]])
        let content = Self.media(.image, "image/jpeg", 50, caption: "0123456789")
        #expect(try parts(content, keyboard, mode: mode) == [PartDraft(content: content, keyboard: keyboard)])
    }

    struct Given: Sendable, CustomTestStringConvertible {
        var label: String
        var content: Content
        var keyboard: Keyboard?
        var answered: String?
        var parts: [PartDraft]
        var testDescription: String { label }
    }

    static let given: [Given] = [
        .init(
            label: "a long text in parts, the keyboard with the last",
            content: text("Первое предложение здесь. Второе предложение тут."),
            keyboard: keyboard(.reply, [[.init(text: "ok", kind: .text)]]),
            parts: [
                .init(content: text("Первое предложение здесь. ")),
                .init(
                    content: text("Второе предложение тут."),
                    keyboard: keyboard(.reply, [[.init(text: "ok", kind: .text)]])),
            ]),
        .init(
            label: "buttons as a menu", content: text("Choose"),
            keyboard: keyboard(
                .inline,
                [
                    [.init(text: "Yes", kind: .callback, data: "y")],
                    [.init(text: "Site", kind: .url, url: "https://e.org")],
                ]),
            parts: [.init(content: text("Choose\n\n1. Yes\n2. Site: https://e.org"))]),
        .init(
            label: "a keyboard that cannot be taken away is left",
            content: text("a"), keyboard: Keyboard(style: .remove), parts: [.init(content: text("a"))]),
        .init(
            label: "a menu under a caption", content: media(.image, "image/png", 1, caption: "A"),
            keyboard: keyboard(.inline, [[.init(text: "Y", kind: .callback, data: "y")]]),
            parts: [.init(content: media(.image, "image/png", 1, caption: "A\n\n1. Y"))]),
        .init(
            label: "a menu after a picture", content: media(.image, "image/png", 1),
            keyboard: keyboard(.inline, [[.init(text: "Yes", kind: .callback, data: "y")]]),
            parts: [.init(content: media(.image, "image/png", 1)), .init(content: text("1. Yes"))]),
        .init(
            label: "a sticker as a picture", content: media(.sticker, "image/png", 1),
            parts: [.init(content: media(.image, "image/png", 1))]),
        .init(
            label: "a moving sticker as a document", content: media(.sticker, "video/webm", 1),
            parts: [.init(content: media(.document, "video/webm", 1))]),
        .init(
            label: "a voice message as audio", content: media(.voice, "audio/ogg", 1, caption: "hi"),
            parts: [.init(content: media(.audio, "audio/ogg", 1, caption: "hi"))]),
        .init(
            label: "too large for audio: a document, its caption after it",
            content: media(.voice, "audio/ogg", 600, caption: "hi"),
            parts: [.init(content: media(.document, "audio/ogg", 600)), .init(content: text("hi"))]),
        .init(
            label: "a long caption after its picture",
            content: media(.image, "image/png", 1, caption: "longer than ten"),
            parts: [.init(content: media(.image, "image/png", 1)), .init(content: text("longer than ten"))]),
        .init(
            label: "a place as a map", content: .location(.init(latitude: 55.75, longitude: 37.5, title: "Us")),
            parts: [.init(content: text("Us\nhttps://maps.google.com/?q=55.75,37.5"))]),
        .init(
            label: "a moving picture as a document", content: media(.animation, "image/png", 1),
            parts: [.init(content: media(.document, "image/png", 1))]),
        .init(
            label: "a contact as text", content: .contact(.init(name: "Anna", phone: "+79161234567")),
            parts: [.init(content: text("Anna\n+79161234567"))]),
        .init(
            label: "a quotation before a text", content: text("No"), answered: "Are you\nopen?",
            parts: [.init(content: text("> Are you open?\n\nNo"))]),
        .init(
            label: "a quotation before a picture", content: media(.image, "image/png", 1), answered: "Photo?",
            parts: [.init(content: text("> Photo?")), .init(content: media(.image, "image/png", 1))]),
    ]

    @Test("fallback mode says it by what the channel has", arguments: given)
    func fallback(row: Given) throws {
        #expect(try parts(row.content, row.keyboard, answered: row.answered, mode: .fallback) == row.parts)
    }

    @Test("where a place has no title, strict mode says so and fallback mode says it after the place")
    func titles() throws {
        var channel = Self.channel
        channel.kinds[.location] = .init(send: .full, receive: true)
        channel.locationTitles = false
        let bare = Content.location(.init(latitude: 1, longitude: 2))
        let named = Content.location(.init(latitude: 1, longitude: 2, title: "Кафе", address: "Ленина, 1"))
        #expect(try parts(bare, mode: .strict, over: channel) == [.init(content: bare)])
        let refusal = #expect(throws: ChannelRefusal.self) { try parts(named, mode: .strict, over: channel) }
        #expect(refusal?.code == .unsupported && refusal?.feature == "location.title")
        #expect(
            try parts(named, mode: .fallback, over: channel)
                == [.init(content: bare), .init(content: Self.text("Кафе\nЛенина, 1"))])
    }

    @Test(
        "a link button opens what the channel's buttons open",
        arguments: [("https://e.org", true), ("HTTP://e.org", true), ("tel:+7912", false), ("mailto:a@e.org", false)])
    func links(_ url: String, isTaken: Bool) throws {
        var channel = Self.channel
        channel.keyboards.inline = .init(kinds: [.url], linkSchemes: ["http", "https"])
        let keyboard = Self.keyboard(.inline, [[.init(text: "a", kind: .url, url: url)]])
        if isTaken {
            #expect(try parts(Self.text("a"), keyboard, mode: .strict, over: channel).count == 1)
        } else {
            let refusal = #expect(throws: ChannelRefusal.self) {
                try parts(Self.text("a"), keyboard, mode: .strict, over: channel)
            }
            #expect(refusal?.feature == "keyboard.url")
            #expect(
                try parts(Self.text("a"), keyboard, mode: .fallback, over: channel)
                    == [.init(content: Self.text("a\n\n1. a: \(url)"))])
        }
    }

    @Test("what has no form at all is refused in fallback too, for its own reason")
    func hopeless() {
        let large = refusal(Self.media(.image, "image/png", 5000), mode: .fallback)
        #expect(large?.code == .tooLarge && large?.feature == "image.size")
        let template = Content.template(.init(name: "t", language: "ru", params: []))
        #expect(refusal(template, mode: .fallback)?.feature == "template")
    }

    @Test("every part that fallback gives is one that strict mode takes", arguments: 0..<40)
    func closed(seed: UInt64) throws {
        var random = SplitMix(seed: seed)
        let words = (0..<Int.random(in: 1...60, using: &random)).map { _ in
            TextCutterTests.material.randomElement(using: &random) ?? "a"
        }
        let text = "a" + words.joined()
        let rows = (0..<Int.random(in: 1...4, using: &random)).map { row in
            [Keyboard.Button(text: "b\(row)", kind: Bool.random(using: &random) ? .text : .callback, data: "d")]
        }
        let contents = [
            Self.text(text), Self.media(.image, "image/png", 1, caption: text),
            Self.media(.voice, "audio/ogg", 1, caption: text),
            .location(.init(latitude: 1, longitude: 2, title: text)), .contact(.init(name: text, phone: "+1234567")),
        ]
        for content in contents {
            for part in try parts(content, Self.keyboard(.reply, rows), answered: text, mode: .fallback) {
                #expect(throws: Never.self) { try Self.channel.check(part.content) }
                if let keyboard = part.keyboard { #expect(throws: Never.self) { try Self.channel.check(keyboard) } }
            }
        }
    }

    @Test("types are told by family, whatever their case and parameters")
    func types() {
        #expect(MIMEPattern.matches("image/*", "IMAGE/png"))
        #expect(MIMEPattern.matches("text/plain", "text/plain; charset=utf-8"))
        #expect(!MIMEPattern.matches("image/*", "imagery/png") && !MIMEPattern.matches("image/png", "image/pngx"))
    }
}
