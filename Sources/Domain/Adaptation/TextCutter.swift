/// Cuts a text that is over a channel's length into pieces: at the end of a paragraph, line, sentence or word where the later
/// half of a piece has one, else between graphemes; within a grapheme only where a single one is over the limit.
///
/// The pieces together are the text, each within the limit.
package struct TextCutter: Sendable {
    let limit: Int
    let unit: Capabilities.TextUnit

    package init(limit: Int, unit: Capabilities.TextUnit) {
        self.limit = max(1, limit)
        self.unit = unit
    }

    package func cut(_ text: String) -> [Substring] {
        var pieces: [Substring] = []
        var rest = text[...]
        while !rest.isEmpty {
            let end = endOfPiece(rest)
            pieces.append(rest[..<end])
            rest = rest[end...]
        }
        return pieces
    }

    /// How good a place for a cut is: the greater, the better.
    private enum Place: Int { case word, sentence, line, paragraph }

    private func endOfPiece(_ text: Substring) -> String.Index {
        var length = 0
        var index = text.startIndex
        var before: Character?
        var places: [(place: Place, end: String.Index)?] = [nil, nil, nil, nil]
        while index < text.endIndex {
            let character = text[index]
            let next = text.index(after: index)
            let size = unit.length(of: text[index..<next])
            guard length + size <= limit else { break }
            length += size
            if length * 2 > limit, let place = Self.place(after: character, before) {
                places[place.rawValue] = (place, next)
            }
            before = character
            index = next
        }
        if index == text.endIndex { return index }
        if index == text.startIndex { return endWithinGrapheme(text) }
        // A word that ends exactly here needs no better place than a word's end.
        if text[index].isWhitespace { places[Place.word.rawValue] = (.word, index) }
        return places.reversed().compactMap(\.self).first?.end ?? index
    }

    private static func place(after character: Character, _ before: Character?) -> Place? {
        if character.isNewline { return before?.isNewline == true ? .paragraph : .line }
        guard character.isWhitespace else { return nil }
        return before.map { ".!?…".contains($0) } == true ? .sentence : .word
    }

    /// At least one scalar, so that it comes to an end.
    private func endWithinGrapheme(_ text: Substring) -> String.Index {
        let scalars = text.unicodeScalars
        var index = scalars.index(after: scalars.startIndex)
        while index < scalars.endIndex {
            let next = scalars.index(after: index)
            guard unit.length(of: text[text.startIndex..<next]) <= limit else { break }
            index = next
        }
        return index
    }
}

extension TextContent {
    /// The text in pieces that a channel takes, entities with them: one that reaches over a cut is in both.
    package func pieces(_ cutter: TextCutter) -> [TextContent] {
        let pieces = cutter.cut(text)
        if pieces.count < 2 { return [self] }
        var offset = 0
        return pieces.compactMap { piece in
            let length = piece.utf16.count
            defer { offset += length }
            // The messengers refuse a blank text, and nobody misses it.
            guard piece.contains(where: { !$0.isWhitespace }) else { return nil }
            return TextContent(text: String(piece), entities: entities.compactMap { $0.within(offset, length) })
        }
    }

    /// The same with another text before it.
    func prefixed(_ prefix: String) -> TextContent {
        let shift = prefix.utf16.count
        return TextContent(
            text: prefix + text,
            entities: entities.map { entity in
                var entity = entity
                entity.offset += shift
                return entity
            })
    }
}

extension TextEntity {
    /// What of it lies in the stretch, counted from there.
    fileprivate func within(_ start: Int, _ length: Int) -> TextEntity? {
        let from = max(offset, start)
        let to = min(offset + self.length, start + length)
        guard from < to else { return nil }
        var part = self
        part.offset = from - start
        part.length = to - from
        return part
    }
}
