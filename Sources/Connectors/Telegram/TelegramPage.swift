import ConnectorKit
import Domain
import JSON

/// The array that `getUpdates` answers with → a batch. An update that cannot be read fails alone.
struct TelegramPage: Sendable, Equatable {
    var batch = PollBatch()
    /// Whether anything came, and yet the position is the one that was asked for: asking again at once would spin.
    var isStuck = false

    /// Throws where the text is no array at all.
    init(reading array: ArraySlice<UInt8>, from position: Int64?) throws(JSONError) {
        let bytes = Array(array)
        self.init(try JSONSplitter.elements(of: bytes), of: bytes, from: position)
    }

    /// The page of an answer whose JSON is broken: it is cut where updates begin, so that one broken update is counted and
    /// passed over. Nil where that finds nothing to go on with.
    ///
    /// The last update is left for the next poll, since an answer that was cut off looks the same.
    init?(salvaging answer: [UInt8], from position: Int64?) {
        guard answer.starts(with: #"{"ok":true"#.utf8) else { return nil }
        let beginnings = TelegramUpdate.beginnings(in: answer)
        guard beginnings.count > 1 else { return nil }
        let elements = zip(beginnings, beginnings.dropFirst()).map { begin, next in
            let end = answer[begin..<next].lastIndex(of: UInt8(ascii: ",")) ?? next
            return begin..<end
        }
        self.init(elements, of: answer, from: position)
    }

    private init(_ elements: [Range<Int>], of bytes: [UInt8], from position: Int64?) {
        var ids: [Int64] = []
        for element in elements {
            let update = TelegramUpdate(reading: bytes[element])
            if let id = update.id { ids.append(id) }
            switch TelegramIncoming.read(update) {
            case .item(let inbound): batch.items.append(inbound)
            case .skipped(let label): batch.skipped[label, default: 0] += 1
            }
        }
        batch.position = Self.next(after: ids, count: elements.count, from: position)
        isStuck = !elements.isEmpty && (ids.isEmpty || batch.position == position)
    }

    /// Updates come in the order of their ids, so the last id confirms the others. An id beyond 32 bits, which Telegram never
    /// gives, counts only where there is no better one: such an offset would confirm nothing.
    ///
    /// Without any id, as many as came are passed over: each of them stands at or after the place that its number in the row
    /// gives, so no update that did not come is confirmed. The new numbers after an idle week may be lower than the old ones.
    private static func next(after ids: [Int64], count: Int, from position: Int64?) -> Int64? {
        if let last = ids.last(where: { $0 < Int64(Int32.max) }) ?? ids.last { return last + 1 }
        guard count > 0, let position else { return nil }
        return position + Int64(count)
    }
}
