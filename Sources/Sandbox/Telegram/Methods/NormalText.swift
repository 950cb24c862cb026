/// A text as Telegram keeps it: control characters become spaces, carriage returns go, white space around it goes.
struct NormalText {
    private(set) var text: String
    /// Where the given stretches stand now, in UTF-16 code units; those of length 0 hold nothing any more.
    private(set) var places: [(offset: Int, length: Int)] = []

    /// Throws where a stretch lies outside the text or cuts a surrogate pair.
    init(_ original: String, _ stretches: [(offset: Int, length: Int)]) throws(FieldProblem) {
        guard !stretches.isEmpty || original.utf8.contains(where: { $0 < 0x20 && $0 != 0x0A }) else {
            text = original.trimmingSpaces()
            return
        }
        let units = Array(original.utf16)
        for stretch in stretches { try Self.check(stretch, in: units) }

        // moved[n] is where the unit n stands in the new text.
        var moved: [Int] = []
        moved.reserveCapacity(units.count + 1)
        var kept: [UInt16] = []
        kept.reserveCapacity(units.count)
        for unit in units {
            moved.append(kept.count)
            switch unit {
            case 0x0D: break
            case 0x0A: kept.append(unit)
            case ..<0x20: kept.append(0x20)
            default: kept.append(unit)
            }
        }
        moved.append(kept.count)

        let isSpace: (UInt16) -> Bool = { $0 == 0x20 || $0 == 0x0A }
        let start = kept.firstIndex { !isSpace($0) } ?? kept.count
        let end = (kept.lastIndex { !isSpace($0) } ?? start - 1) + 1
        text = String(decoding: kept[start..<max(start, end)], as: UTF16.self)
        for stretch in stretches {
            let first = min(max(moved[stretch.offset], start), end)
            let last = min(max(moved[stretch.offset + stretch.length], start), end)
            let holdsSomething = kept[min(first, last)..<last].contains { !isSpace($0) }
            places.append((first - start, holdsSomething ? last - first : 0))
        }
    }

    private static func check(_ stretch: (offset: Int, length: Int), in units: [UInt16]) throws(FieldProblem) {
        let (offset, length) = stretch
        guard offset >= 0, offset <= Int(Int32.max) else {
            throw FieldProblem("Receive an entity with incorrect offset \(offset)")
        }
        guard length >= 0, length <= Int(Int32.max) else {
            throw FieldProblem("Receive an entity with incorrect length \(length)")
        }
        guard length > 0 else {
            if offset > units.count {
                throw FieldProblem("Entity begins after the end of the text at UTF-16 offset \(offset)")
            }
            return
        }
        guard offset < units.count else {
            throw FieldProblem("Entity begins after the end of the text at UTF-16 offset \(offset)")
        }
        if (0xDC00...0xDFFF).contains(units[offset]) {
            let byte = String(decoding: units[..<(offset - 1)], as: UTF16.self).utf8.count + 4
            throw FieldProblem(
                "Entity begins in a middle of a UTF-16 symbol at byte offset \(byte)")
        }
        let end = offset + length
        guard end <= units.count else {
            throw FieldProblem(
                "Entity beginning at UTF-16 offset \(offset) ends after the end of the text at UTF-16 offset \(end)")
        }
        if end < units.count, (0xDC00...0xDFFF).contains(units[end]) {
            let byte = String(decoding: units[..<(end - 1)], as: UTF16.self).utf8.count + 4
            throw FieldProblem(
                "Entity beginning at UTF-16 offset \(offset) ends in a middle of a UTF-16 symbol at byte offset \(byte)"
            )
        }
    }

    /// Nothing in it that could be seen.
    var isBlank: Bool {
        text.unicodeScalars.allSatisfy { scalar in
            switch scalar.value {
            case 0x20, 0x0A, 0xA0, 0xAD, 0x034F, 0x061C, 0x1680, 0x180E, 0x2000...0x200F, 0x2028...0x202F,
                0x205F...0x2064, 0x2800, 0x3000, 0xFE00...0xFE0F, 0xFEFF, 0xFFFC:
                true
            default: false
            }
        }
    }
}
