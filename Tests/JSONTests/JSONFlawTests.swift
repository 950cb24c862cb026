import JSON
import Testing

@Suite("text that no database holds")
struct JSONFlawTests {
    @Test(
        "it is replaced, remembered and fails nothing",
        arguments: [
            (#""\ud800""#, "\u{fffd}"), (#""\udc00""#, "\u{fffd}"), (#""a\ud800b""#, "a\u{fffd}b"),
            (#""\ud800\n""#, "\u{fffd}\n"),
            (#""\ud800\u0041""#, "\u{fffd}A"), (#""\ud800\ud83d\ude00""#, "\u{fffd}😀"),
            (#""\ude00\ud83d""#, "\u{fffd}\u{fffd}"),
        ])
    func loneSurrogates(text: String, read: String) throws {
        let document = try JSONDocument(parsing: text.utf8)
        #expect(document.value == .string(read))
        #expect(document.flaws.kinds == .loneSurrogate)
        #expect(document.flaws.firstPath == "")
        #expect(document.hasUnstorableText)
    }

    @Test("the first flaw is told by its path and the kinds are collected")
    func path() throws {
        let document = try JSONDocument(
            parsing: #"{"a":{"ok":1},"b":[0,{"c":{"d":"x\u0000"}},"\ud800"],"e":[{"f":"\u0000"}]}"#.utf8)
        #expect(document.flaws.firstPath == "b[1].c.d")
        #expect(document.flaws.kinds == [.nul, .loneSurrogate])
        #expect(document.value["b"]?[1]?["c"]?["d"]?.string == "x\u{fffd}")
    }

    @Test("a flawed member name is a place too")
    func name() throws {
        let document = try JSONDocument(parsing: #"{"p":{"a\u0000":[1]}}"#.utf8)
        #expect(document.flaws.firstPath == "p.a\u{fffd}")
    }

    @Test(
        "invalid UTF-8 is an error, or a flaw where the caller is lenient",
        arguments: [
            [0xFF], [0xC0, 0x80], [0xE2, 0x82], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0x80],
            [0xF8, 0x88, 0x80, 0x80, 0x80],
        ] as [[UInt8]])
    func invalidUTF8(bad: [UInt8]) throws {
        for tail in ["", #"\n"#] {
            let bytes = Array(#"{"a":""#.utf8) + bad + Array(tail.utf8) + Array(#""}"#.utf8)
            let error = #expect(throws: JSONError.self) { try JSONDocument(parsing: bytes) }
            #expect(error?.kind == .invalidUTF8)
            let document = try JSONDocument(parsing: bytes, limits: .init(invalidUTF8: .replace))
            #expect(document.flaws == .init(kinds: .invalidUTF8, firstPath: "a"))
            #expect(document.value["a"]?.string?.contains("\u{fffd}") == true)
        }
    }

    @Test("bytes outside strings are never UTF-8")
    func outside() {
        #expect(throws: JSONError(.unexpectedByte(0xC3), at: 1)) {
            try JSONDocument(parsing: [0x5B, 0xC3, 0xA4, 0x5D] as [UInt8], limits: .init(invalidUTF8: .replace))
        }
    }
}
