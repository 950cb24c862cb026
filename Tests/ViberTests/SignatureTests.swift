import ConnectorKit
import Domain
import TestSupport
import Testing

@testable import Viber

struct SignatureTests {
    /// The check vector of the providers' digest, section 3.
    private static let body = Array(
        #"{"event":"webhook","timestamp":1764000000123,"chat_hostname":"SN-CHAT-03_","message_token":5741311803571728811,"note":"проверка"}"#
            .utf8)
    private static let code = "723852a1ee24bcda7c3c9c1a08acc6b1474e1cc3916fdfd514f906e30596c47c"

    @Test("the signature of the digest's check vector is right")
    func vector() {
        #expect(Bot.signature.isValid(Self.code, of: Self.body))
    }

    @Test(
        "whatever is not that signature is wrong",
        arguments: [
            "", "723852a1", "sha256=" + code, String(code.dropLast()) + "d", code + "00", code + " ", "zz" + code,
            String(repeating: "0", count: 64), "7" + code, "é" + code.dropFirst(2),
        ])
    func wrong(_ signature: String) {
        #expect(!Bot.signature.isValid(signature, of: Self.body))
    }

    @Test("the signature is over the exact bytes")
    func bytes() {
        #expect(!Bot.signature.isValid(Self.code, of: Self.body + [0x20]))
        #expect(!Bot.signature.isValid(Self.code, of: Array(Self.body.dropLast())))
    }

    @Test("another token makes another signature")
    func token() {
        #expect(!ViberSignature(token: Secret("another")).isValid(Self.code, of: Self.body))
    }

    @Test("seals differ by purpose, parts and where the parts end")
    func seals() {
        let seals = [
            Bot.signature.seal("press", ["a", "b"]), Bot.signature.seal("press", ["b", "a"]),
            Bot.signature.seal("press", ["ab", ""]), Bot.signature.seal("tracking", ["a", "b"]),
            ViberSignature(token: Secret("another")).seal("press", ["a", "b"]),
        ]
        #expect(Set(seals).count == seals.count)
        #expect(seals.allSatisfy { $0.utf8.count == 12 })
    }
}
