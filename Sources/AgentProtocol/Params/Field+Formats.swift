import Domain
import JSON

extension Field {
    func time() throws -> Timestamp {
        guard let found = Timestamp(rfc3339: try string(bytes: 64)) else {
            throw error("must be an RFC 3339 date-time such as 2026-01-31T10:00:00.000Z")
        }
        return found
    }

    /// E.164 with `+`.
    func phone() throws -> String {
        let text = try string(bytes: 64)
        let digits = text.utf8.dropFirst()
        guard text.utf8.first == UInt8(ascii: "+"), (7...15).contains(digits.count), digits.first != UInt8(ascii: "0"),
            digits.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) })
        else { throw error("must be a phone number such as +79001234567") }
        return text
    }

    func link() throws -> String {
        let text = try token(bytes: 4096)
        guard Link.isAllowed(text) else { throw error("must be an http, https, tel or mailto link") }
        return text
    }

    /// A committed position.
    func cursor() throws -> Cursor {
        guard let found = Cursor(text: try token(bytes: 128)) else { throw error("is not a cursor") }
        return found
    }

    /// Where a session starts.
    func start() throws -> SessionStart {
        guard let found = SessionStart(text: try token(bytes: 128)) else {
            throw error("must be a cursor, \"last\" or \"at:\" with an RFC 3339 date-time")
        }
        return found
    }

    func page() throws -> PageToken {
        guard let found = PageToken(text: try token(bytes: 256)) else { throw error("is not a page of this list") }
        return found
    }
}

/// Links that may reach a customer: http, https, tel and mailto with something after them, no white space or control characters.
package enum Link {
    package static func isAllowed(_ text: String) -> Bool {
        guard let colon = text.utf8.firstIndex(of: UInt8(ascii: ":")) else { return false }
        let rest = text[text.index(after: colon)...]
        guard
            !text.unicodeScalars.contains(where: { $0.value <= 0x20 || $0.value == 0x7F || $0.properties.isWhitespace })
        else { return false }
        switch text[..<colon].lowercased() {
        case "http", "https":
            guard rest.hasPrefix("//"), let first = rest.dropFirst(2).utf8.first else { return false }
            return !"/?#:".utf8.contains(first)
        case "tel", "mailto": return !rest.isEmpty
        default: return false
        }
    }
}

extension String {
    /// Nothing that a person would see: only white space, control and invisible characters.
    package var isBlank: Bool {
        unicodeScalars.allSatisfy { scalar in
            if scalar.properties.isWhitespace || scalar.properties.isDefaultIgnorableCodePoint { return true }
            // U+2800 is drawn as nothing.
            return scalar.properties.generalCategory == .control || scalar == "\u{2800}"
        }
    }
}
