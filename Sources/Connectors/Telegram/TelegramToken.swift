import Domain

/// A bot's token, `<bot id>:<secret>`. It stands in the path of every request, so its shape is made sure of first.
package enum TelegramToken {
    /// The secret is 35 characters long today; a test double's may have another length, so only the alphabet is checked.
    package static func isWellFormed(_ token: Secret) -> Bool {
        let halves = token.reveal().utf8.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
        guard halves.count == 2, (1...19).contains(halves[0].count), (1...256).contains(halves[1].count) else {
            return false
        }
        return halves[0].allSatisfy(isDigit) && halves[1].allSatisfy(isSecretCharacter)
    }

    /// The text without the token, should it ever stand there.
    static func redact(_ text: String, _ token: Secret) -> String {
        let token = token.reveal()
        guard !token.isEmpty, contains(text, token) else { return text }
        return text.split(separator: token, omittingEmptySubsequences: false).joined(separator: "<token>")
    }

    /// By bytes: nearly no text has the token in it, and looking for it by characters takes longer than all else of a send.
    private static func contains(_ text: String, _ token: String) -> Bool {
        let token = Array(token.utf8)
        var text = text
        return text.withUTF8 { text in
            guard text.count >= token.count else { return false }
            for start in 0...(text.count - token.count) where text[start] == token[0] {
                if text[start..<start + token.count].elementsEqual(token) { return true }
            }
            return false
        }
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }

    private static func isSecretCharacter(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
        case UInt8(ascii: "_"), UInt8(ascii: "-"): true
        default: isDigit(byte)
        }
    }
}
