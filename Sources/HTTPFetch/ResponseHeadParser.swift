/// Gathers the header lines that curl hands over, one block for each status line, and keeps the final block. Pure.
struct ResponseHeadParser {
    /// Past this many bytes of header lines over all blocks, a response is refused.
    static let maxBytes = 128 << 10

    private(set) var head = HTTPResponseHead(status: 0)
    /// The final block has ended; what follows are trailers.
    private(set) var isComplete = false
    private var bytes = 0

    /// - Returns: false if the header has become too long.
    mutating func take(_ line: UnsafeRawBufferPointer) -> Bool {
        bytes += line.count
        guard bytes <= Self.maxBytes else { return false }
        // A later block (after an interim 1xx, or from a repeated request) replaces what came before it.
        if line.starts(with: "HTTP/".utf8) {
            head = HTTPResponseHead(status: Self.status(of: line))
            isComplete = false
        } else if !isComplete {
            takeField(line)
        }
        return true
    }

    private mutating func takeField(_ line: UnsafeRawBufferPointer) {
        guard let first = line.first, first != 13, first != 10 else {
            isComplete = head.status >= 200
            return
        }
        if first == 32 || first == 9 { return head.headers.extendLast(with: Self.trimmed(line[...])) }
        guard let colon = line.firstIndex(of: UInt8(ascii: ":")) else { return }
        head.headers.add(Self.trimmed(line[..<colon]), Self.trimmed(line[(colon + 1)...]))
    }

    private static func status(of line: UnsafeRawBufferPointer) -> Int {
        let words = line.split(separator: 32, maxSplits: 2)
        return words.count < 2 ? 0 : Int(trimmed(words[1])) ?? 0
    }

    private static func trimmed(_ bytes: Slice<UnsafeRawBufferPointer>) -> String {
        let isSpace: (UInt8) -> Bool = { $0 == 32 || $0 == 9 || $0 == 13 || $0 == 10 }
        let start = bytes.drop(while: isSpace)
        let end = start.lastIndex { !isSpace($0) }.map { start[...$0] } ?? start.prefix(0)
        return String(decoding: end, as: UTF8.self)
    }
}
