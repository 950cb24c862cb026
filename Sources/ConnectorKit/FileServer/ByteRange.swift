/// What a `Range` header asks for of a file (RFC 9110, section 14). Pure.
package enum ByteRange: Sendable, Equatable {
    /// No range, several, or a header that is none: all of it.
    case whole
    case part(Range<Int64>)
    /// 416: no byte of the file is in it.
    case unsatisfiable

    package init(_ header: String?, of size: Int64) {
        self = Self.read(header, size) ?? .whole
    }

    private static func read(_ header: String?, _ size: Int64) -> ByteRange? {
        guard let header, let equals = header.firstIndex(of: "="),
            header[..<equals].lowercased().filter({ $0 != " " }) == "bytes"
        else { return nil }
        let set = header[header.index(after: equals)...].filter { $0 != " " && $0 != "\t" }
        guard !set.contains(","), let dash = set.firstIndex(of: "-") else { return nil }
        let (first, last) = (set[..<dash], set[set.index(after: dash)...])
        if first.isEmpty {
            guard let count = number(last) else { return nil }
            return count == 0 || size == 0 ? .unsatisfiable : .part(max(0, size - count)..<size)
        }
        guard let from = number(first) else { return nil }
        if last.isEmpty { return from < size ? .part(from..<size) : .unsatisfiable }
        guard let to = number(last), to >= from else { return nil }
        return from < size ? .part(from..<min(to, size - 1) + 1) : .unsatisfiable
    }

    /// Digits alone; a number beyond all files is as good as the largest.
    private static func number(_ text: Substring) -> Int64? {
        guard !text.isEmpty, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        return Int64(text) ?? Int64.max - 1
    }
}
