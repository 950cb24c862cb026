import Domain
import Testing

@testable import Telegram

@Suite("Pieces of the Telegram connector")
struct PiecesTests {
    @Test(
        "a token has two halves",
        arguments: [
            ("123456:AAF-abc_DEF", true), ("123456:", false), (":abc", false), ("123456", false), ("12a:abc", false),
            ("1:a/b", false), ("1:a:b", false), ("", false), ("1:абв", false), ("1:a b", false), ("1:a?x", false),
        ])
    func token(_ token: String, isWellFormed: Bool) {
        #expect(TelegramToken.isWellFormed(Secret(token)) == isWellFormed)
    }

    @Test("a token never stays in a text")
    func redaction() {
        #expect(TelegramToken.redact("/bot1:abc/x 1:abc", Secret("1:abc")) == "/bot<token>/x <token>")
        #expect(TelegramToken.redact("plain", Secret("")) == "plain")
    }

    @Test("a text is cut between graphemes, within its bytes")
    func cutting() {
        #expect("привет".cut(toBytes: 12) == "привет")
        #expect("привет".cut(toBytes: 11) == "прив…")
        #expect("👩‍👩‍👧👩‍👩‍👧".cut(toBytes: 30) == "👩‍👩‍👧…")
        let zalgo = "a" + String(repeating: "\u{301}", count: 100)
        #expect(
            zalgo.cut(toBytes: 20).utf8.count <= 20
                && zalgo.cut(toBytes: 20).unicodeScalars.starts(with: "a\u{301}".unicodeScalars))
    }

    @Test("raw text that is no JSON is cleaned, and keeps what is well")
    func raw() {
        func clean(_ text: String) -> String { TelegramRaw.text(of: Array(text.utf8)[...], limit: 1000) }
        #expect(
            clean(#"{"a":"\u0000\ud800x\ud83d\ude00\\u0000\n"#) == "{\"a\":\"\u{FFFD}\u{FFFD}x"
                + #"\ud83d\ude00\\u0000\n"#)
        #expect(clean("a\0b\\\0c\\") == "a\u{FFFD}b\\\u{FFFD}c\\")
        #expect(clean(#"\u12"#) == #"\u12"#)
        #expect(TelegramRaw.readable(Array(#"{"a":"\u043f"}"#.utf8), limit: 100) == #"{"a":"п"}"#)
    }

    @Test("the text limit is a setting, never over the messenger's own")
    func capabilities() {
        func make(_ settings: [String: String]) -> Capabilities { TelegramCapabilities.make(settings: settings) }
        #expect(make([:]).textMax == 4000 && make([:]).textUnit == .utf16 && make([:]).rate == 30)
        #expect(make(["text_limit": "9000"]).textMax == 4096)
        #expect(make(["text_limit": "100", "rate": "0"]).textMax == 100)
        #expect(make(["rate": "5.5"]).rate == 5.5 && make(["rate": "-5"]).rate == 30)
        #expect(TelegramCapabilities.ratePerChat([:]) == 1 && TelegramCapabilities.burstPerChat == 3)
    }
}
