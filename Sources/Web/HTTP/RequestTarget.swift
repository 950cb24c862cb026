import Domain

/// A request target taken apart: the segments of its path and the pairs of its query, percent-decoded strictly.
///
/// `+` in a query stays a plus, so that an unescaped `2026-01-31T10:00:00+03:00` arrives as it was meant.
struct RequestTarget: Sendable, Equatable {
    var path: String
    var segments: [String]
    var query: [WebQueryItem]

    /// Throws `invalid_request` where the target has no path, or a bad percent-encoding, bytes that are not UTF-8, or U+0000.
    init(_ target: String) throws(EralinkError) {
        var rest = target[...]
        if !rest.hasPrefix("/"), let scheme = rest.range(of: "://") {
            // The absolute form (RFC 9112, section 3.2.2) is for proxies, yet servers must accept it.
            let authority = rest[scheme.upperBound...]
            rest = authority.firstIndex(of: "/").map { authority[$0...] } ?? "/"
        }
        let mark = rest.firstIndex(of: "?")
        let path = mark.map { rest[..<$0] } ?? rest
        guard path.hasPrefix("/") else { throw EralinkError(.invalidRequest, "the request target has no path") }
        self.path = String(path)
        segments = []
        for segment in path.dropFirst().split(separator: "/", omittingEmptySubsequences: false) {
            segments.append(try Self.decoded(segment, what: "path"))
        }
        query = []
        guard let mark else { return }
        for pair in rest[rest.index(after: mark)...].split(separator: "&") {
            let equals = pair.firstIndex(of: "=")
            let name = try Self.decoded(equals.map { pair[..<$0] } ?? pair, what: "query")
            let value = try equals.map { at throws(EralinkError) in
                try Self.decoded(pair[pair.index(after: at)...], what: "query")
            }
            query.append(WebQueryItem(name: name, value: value ?? ""))
        }
    }

    private static func decoded(_ text: Substring, what: String) throws(EralinkError) -> String {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.utf8.count)
        var iterator = text.utf8.makeIterator()
        while let byte = iterator.next() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            guard let high = iterator.next().flatMap(nibble), let low = iterator.next().flatMap(nibble) else {
                throw EralinkError(
                    .invalidRequest, "the \(what) has a % that is not followed by two hexadecimal digits")
            }
            bytes.append(high << 4 | low)
        }
        guard let decoded = String(validating: bytes, as: UTF8.self) else {
            throw EralinkError(.invalidRequest, "the \(what) is not UTF-8 after percent-decoding")
        }
        guard !bytes.contains(0) else { throw EralinkError(.invalidRequest, "the \(what) has a U+0000") }
        return decoded
    }

    private static func nibble(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}

extension Substring {
    fileprivate func range(of text: String) -> Range<Index>? {
        var start = startIndex
        while start < endIndex {
            if self[start...].hasPrefix(text) { return start..<index(start, offsetBy: text.count) }
            start = index(after: start)
        }
        return nil
    }
}
