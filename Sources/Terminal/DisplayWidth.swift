extension StringProtocol {
    /// The columns that the text takes on a terminal: wide characters 2, combining ones 0, an emoji sequence 2.
    package var displayWidth: Int { reduce(0) { $0 + $1.displayWidth } }
}

extension Character {
    /// The columns that one grapheme cluster takes.
    ///
    /// An emoji cluster (presentation selector, joined sequence, flag) is drawn as one picture of two columns; in all other
    /// clusters each scalar adds its own width, as terminals count them.
    package var displayWidth: Int {
        let scalars = unicodeScalars
        if let only = scalars.first, scalars.count == 1 { return only.displayWidth }
        if isEmojiSequence { return 2 }
        return scalars.reduce(0) { $0 + $1.displayWidth }
    }

    private var isEmojiSequence: Bool {
        var flagLetters = 0
        for scalar in unicodeScalars {
            if scalar.value == 0xFE0F || scalar.properties.isEmojiPresentation && !scalar.isRegionalIndicator {
                return true
            }
            if scalar.isRegionalIndicator { flagLetters += 1 }
        }
        return flagLetters == 2
    }
}

extension Unicode.Scalar {
    var isRegionalIndicator: Bool { (0x1F1E6...0x1F1FF).contains(value) }

    /// The columns that the scalar takes alone (UAX #11: W and F are 2; marks and format characters are 0).
    var displayWidth: Int {
        if value < 0x20 { return 0 }
        if value < 0x7F { return 1 }
        if value < 0xA0 { return 0 }
        switch properties.generalCategory {
        case .nonspacingMark, .enclosingMark, .control: return 0
        case .format: return value == 0xAD ? 1 : 0
        default: break
        }
        // Vowels and finals of conjoining Hangul are drawn in the cell of their leading consonant.
        if (0x1160...0x11FF).contains(value) || (0xD7B0...0xD7FF).contains(value) { return 0 }
        return isWide ? 2 : 1
    }

    private var isWide: Bool {
        guard value >= 0x1100 else { return false }
        if properties.isEmojiPresentation && !isRegionalIndicator { return true }
        return Self.wideRanges.contains { $0.contains(value) }
    }

    /// The ranges of EastAsianWidth.txt (Unicode 15.1) with W or F that are not emoji anyway.
    private static let wideRanges: [ClosedRange<UInt32>] = [
        0x1100...0x115F, 0x2329...0x232A, 0x2E80...0x2E99, 0x2E9B...0x2EF3, 0x2F00...0x2FD5, 0x2FF0...0x303E,
        0x3041...0x3096, 0x3099...0x30FF, 0x3105...0x312F, 0x3131...0x318E, 0x3190...0x31E3, 0x31EF...0x321E,
        0x3220...0x3247, 0x3250...0x4DBF, 0x4E00...0xA48C, 0xA490...0xA4C6, 0xA960...0xA97C, 0xAC00...0xD7A3,
        0xF900...0xFAFF, 0xFE10...0xFE19, 0xFE30...0xFE52, 0xFE54...0xFE66, 0xFE68...0xFE6B, 0xFF01...0xFF60,
        0xFFE0...0xFFE6, 0x16FE0...0x16FE4, 0x16FF0...0x16FF1, 0x17000...0x187F7, 0x18800...0x18CD5,
        0x18D00...0x18D08, 0x1AFF0...0x1AFF3, 0x1AFF5...0x1AFFB, 0x1AFFD...0x1AFFE, 0x1B000...0x1B122,
        0x1B132...0x1B132, 0x1B150...0x1B152, 0x1B155...0x1B155, 0x1B164...0x1B167, 0x1B170...0x1B2FB,
        0x1F200...0x1F202, 0x1F210...0x1F23B, 0x1F240...0x1F248, 0x1F250...0x1F251, 0x20000...0x2FFFD,
        0x30000...0x3FFFD,
    ]
}

extension String {
    /// The longest beginning that takes at most `columns`, with `…` in the last one where something was cut off.
    package func cut(toColumns columns: Int) -> String {
        if utf8.count <= columns || displayWidth <= columns { return self }
        guard columns > 0 else { return "" }
        var kept = ""
        var width = 0
        for character in self {
            let next = character.displayWidth
            if width + next > columns - 1 { break }
            kept.append(character)
            width += next
        }
        return kept + "…"
    }
}
