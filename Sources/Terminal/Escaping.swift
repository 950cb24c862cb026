/// Makes text that a stranger wrote harmless on a terminal: what would move the cursor, reorder the line or hide in it
/// is shown as `\n`, `\t` or `\u{202E}`.
package enum Escaping {
    /// The text on one line. What is only letters, marks, digits, punctuation and emoji comes back unchanged.
    package static func visible(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: isSuspect) else { return text }
        var result = ""
        for character in text {
            if needsEscape(character) { escape(character, into: &result) } else { result.append(character) }
        }
        return result
    }

    private static func needsEscape(_ character: Character) -> Bool {
        character.unicodeScalars.contains(where: isSuspect)
    }

    private static func escape(_ character: Character, into result: inout String) {
        let scalars = Array(character.unicodeScalars)
        for (index, scalar) in scalars.enumerated() {
            if isSuspect(scalar) && !isAtHome(index, in: scalars) {
                result += shown(scalar)
            } else {
                result.unicodeScalars.append(scalar)
            }
        }
    }

    private static func shown(_ scalar: Unicode.Scalar) -> String {
        switch scalar {
        case "\n": "\\n"
        case "\r": "\\r"
        case "\t": "\\t"
        default: "\\u{\(String(scalar.value, radix: 16, uppercase: true))}"
        }
    }

    /// Controls, format characters (bidi marks, overrides and isolates, zero-width, tags), line and paragraph separators.
    private static func isSuspect(_ scalar: Unicode.Scalar) -> Bool {
        if scalar.value < 0x7F { return scalar.value < 0x20 }
        // Letters that draw nothing: the Hangul fillers.
        if scalar.value == 0x115F || scalar.value == 0x1160 || scalar.value == 0x3164 || scalar.value == 0xFFA0 {
            return true
        }
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate: return true
        default: return false
        }
    }

    /// Whether a joiner or tag does the work that it exists for: in an emoji sequence, or within a word of a script that
    /// shapes its letters by it.
    private static func isAtHome(_ index: Int, in scalars: [Unicode.Scalar]) -> Bool {
        guard index > 0 else { return false }
        let before = scalars[index - 1]
        switch scalars[index].value {
        case 0x200D:
            let joinsEmoji = index + 1 < scalars.count && scalars[index + 1].properties.isEmoji && isEmojiPart(before)
            return joinsEmoji || isShaped(before)
        case 0x200C: return isShaped(before)
        case 0xE0020...0xE007F: return scalars[0].value == 0x1F3F4
        default: return false
        }
    }

    private static func isEmojiPart(_ scalar: Unicode.Scalar) -> Bool {
        scalar.properties.isEmoji && scalar.value > 0x7F || scalar.value == 0xFE0F
    }

    /// Arabic, Syriac, N'Ko, Mandaic and the scripts of India, whose spelling uses the joiners.
    private static func isShaped(_ scalar: Unicode.Scalar) -> Bool {
        (0x0620...0x0DFF).contains(scalar.value) && scalar.value != 0x061C
    }
}
