import AgentProtocol
import Domain
import JSON
import Testing

@Suite("contents and keyboards as stored")
struct ContentTests {
    private static let media: MediaContent = {
        var media = MediaContent(file: FileID(5))
        media.mime = "image/jpeg"
        media.size = 48211
        media.name = "p.jpg"
        media.caption = "Вот"
        media.width = 800
        media.height = 600
        media.duration = 3
        return media
    }()

    static let contents: [(Content, String)] = [
        (.text(TextContent(text: "a\"\n")), #"{"text":"a\"\n"}"#),
        (
            .text(
                TextContent(
                    text: "ab",
                    entities: [
                        TextEntity(kind: .link, offset: 0, length: 1, url: "http://a"),
                        TextEntity(kind: .pre, offset: 1, length: 1),
                    ])),
            #"{"text":"ab","entities":[{"kind":"link","offset":0,"length":1,"url":"http://a"},{"kind":"pre","offset":1,"length":1}]}"#
        ),
        (.media(.image, MediaContent(file: FileID(5))), #"{"file":"5"}"#),
        (
            .media(.video, media),
            #"{"file":"5","mime":"image/jpeg","size":48211,"name":"p.jpg","caption":"Вот","width":800,"height":600,"duration":3}"#
        ),
        (.contact(ContactContent(name: "A", phone: "+7")), #"{"name":"A","phone":"+7"}"#),
        (.contact(ContactContent(name: "A", phone: "+7", own: true)), #"{"name":"A","phone":"+7","own":true}"#),
        (
            .location(LocationContent(latitude: 55.75, longitude: -37, title: "t", address: "a", live: true)),
            #"{"latitude":55.75,"longitude":-37.0,"title":"t","address":"a","live":true}"#
        ),
        (
            .template(TemplateContent(name: "n", language: "ru", params: ["a", ""])),
            #"{"name":"n","language":"ru","params":["a",""]}"#
        ),
        (
            .callback(CallbackContent(id: "c", data: "y", message: MessageID(9))),
            #"{"id":"c","data":"y","message":"9"}"#
        ),
        (.system(SystemContent(text: "a", event: "closed")), #"{"text":"a","event":"closed"}"#),
        (
            .unsupported(UnsupportedContent(providerType: "poll", raw: #"{"a":1}"#)),
            #"{"provider_type":"poll","raw":"{\"a\":1}"}"#
        ),
    ]

    @Test("contents are written as the contract shows them and read back", arguments: contents)
    func roundTrip(content: Content, json: String) throws {
        #expect(text(content.jsonBytes) == json)
        #expect(try Content(kind: content.kind, bytes: content.jsonBytes) == content)
    }

    @Test("members of a later version are passed over, damage is told by its place")
    func stored() throws {
        #expect(try Content(kind: .text, bytes: #"{"text":"a","later":[1]}"#.utf8) == .text(TextContent(text: "a")))
        #expect(throws: JSONMappingError(path: "text", problem: "is missing")) {
            try Content(kind: .text, bytes: "{}".utf8)
        }
        #expect(throws: JSONMappingError(path: "entities[0].kind", problem: "is not known")) {
            try Content(kind: .text, bytes: #"{"text":"a","entities":[{"kind":"x","offset":0,"length":1}]}"#.utf8)
        }
        #expect(throws: JSONMappingError(path: "file", problem: "is not an id")) {
            try Content(kind: .image, bytes: #"{"file":"x"}"#.utf8)
        }
        #expect(throws: JSONMappingError.self) { try Content(kind: .image, bytes: "{".utf8) }
    }

    @Test("keyboards are written as the contract shows them and read back")
    func keyboards() throws {
        let keyboard = Keyboard(
            style: .inline,
            rows: [
                [
                    .init(text: "Да", kind: .callback, data: "y", color: .positive),
                    .init(text: "Сайт", kind: .url, url: "http://a"),
                ],
                [.init(text: "Тел", kind: .phone)],
            ], oneTime: true, persistent: false)
        #expect(
            text(keyboard.jsonBytes)
                == #"{"type":"inline","rows":[[{"text":"Да","kind":"callback","data":"y","color":"positive"},"#
                + #"{"text":"Сайт","kind":"url","url":"http://a"}],[{"text":"Тел","kind":"phone"}]],"one_time":true,"persistent":false}"#
        )
        #expect(try Keyboard(bytes: keyboard.jsonBytes) == keyboard)
        #expect(try Keyboard(bytes: Keyboard(style: .remove).jsonBytes) == Keyboard(style: .remove))
        #expect(throws: JSONMappingError.self) {
            try Keyboard(bytes: #"{"type":"inline","rows":[[{"text":"a","kind":"x"}]]}"#.utf8)
        }
    }

    @Test("raw text is cut to 16 KiB at a character's edge")
    func rawCut() {
        for pad in 0..<4 {
            let long = String(repeating: "x", count: pad) + String(repeating: "😀", count: 5000)
            let cut = RawText.fitting(long)
            #expect(cut.utf8.count <= 16_384 && cut.utf8.count > 16_380)
            #expect(long.hasPrefix(cut))
            #expect(!cut.unicodeScalars.contains("\u{fffd}"))
            #expect(RawText.fitting(Array(long.utf8)) == cut)
        }
        #expect(RawText.fitting(String(repeating: "x", count: 16_384)).utf8.count == 16_384)
        #expect(RawText.fitting([0x61, 0x00, 0xFF, 0x62] as [UInt8]) == "a\u{fffd}\u{fffd}b")
        let content = Content.unsupported(
            UnsupportedContent(providerType: "p", raw: String(repeating: "ж", count: 20_000)))
        #expect(content.jsonBytes.count < 16_500)
    }

    @Test("previews are the first 100 characters, as people count them")
    func previews() {
        let family = "👨‍👩‍👧"
        #expect(Preview.fitting("короткий") == "короткий")
        #expect(Preview.fitting(String(repeating: "e\u{301}", count: 150)) == String(repeating: "e\u{301}", count: 100))
        #expect(Preview.fitting(String(repeating: family, count: 50)) == String(repeating: family, count: 50))
        #expect(Preview.fitting("a" + String(repeating: "\u{301}", count: 100_000)).utf8.count <= 1024)
        #expect(Preview.of(.text(TextContent(text: "a"))) == "a")
        #expect(Preview.of(.media(.video, Self.media)) == "Вот")
        #expect(Preview.of(.unsupported(UnsupportedContent(providerType: "p", raw: "r"))) == "")
    }
}
