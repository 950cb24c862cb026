import Domain
import JSON

extension String {
    /// The text, or its beginning with an ellipsis where it is longer than that many bytes of UTF-8; cut between graphemes
    /// where that leaves anything.
    package func shortened(toBytes limit: Int) -> String {
        guard utf8.count > limit else { return self }
        let room = limit - "…".utf8.count
        var end = end(of: self, within: room) { $0.utf8.count }
        if end == startIndex { end = self.end(of: unicodeScalars, within: room) { UTF8.width($0) } }
        return String(self[..<end]) + "…"
    }

    /// The text, or as many of its first graphemes as have that many UTF-16 units at most.
    package func prefix(units limit: Int) -> String {
        guard utf16.count > limit else { return self }
        return String(self[..<end(of: self, within: limit) { $0.utf16.count }])
    }

    private func end<Pieces: Collection>(
        of pieces: Pieces, within room: Int, _ size: (Pieces.Element) -> Int
    ) -> Index where Pieces.Index == Index {
        var end = startIndex
        var taken = 0
        while end < endIndex {
            taken += size(pieces[end])
            guard taken <= room else { break }
            end = pieces.index(after: end)
        }
        return end
    }

    /// The text without a secret, should it ever stand there.
    package func hiding(_ secret: Secret, as name: String) -> String {
        let secret = secret.reveal()
        // Looked for as bytes: nearly every text is long and holds none.
        guard !secret.isEmpty, holds(Array(secret.utf8)) else { return self }
        return split(separator: secret, omittingEmptySubsequences: false).joined(separator: "<\(name)>")
    }

    private func holds(_ bytes: [UInt8]) -> Bool {
        var text = self
        return text.withUTF8 { text in
            guard let first = bytes.first, text.count >= bytes.count else { return false }
            for start in 0...(text.count - bytes.count) where text[start] == first {
                if text[start..<start + bytes.count].elementsEqual(bytes) { return true }
            }
            return false
        }
    }
}

/// A messenger's own JSON, kept so that a person can read it and the database can hold it.
package enum ProviderJSON {
    /// `unsupported.raw` is at most this long (agent-api.md, "Connection").
    package static let rawBytes = 16 << 10

    package static func unsupported(_ providerType: String, _ value: JSONValue) -> Content {
        .unsupported(
            UnsupportedContent(
                providerType: providerType.shortened(toBytes: 64),
                raw: String(decoding: JSONWriter.bytes(of: value), as: UTF8.self).shortened(toBytes: rawBytes)))
    }

    /// An answer for people: as JSON with its characters in the clear, or whatever else came.
    package static func readable(_ body: [UInt8], limit: Int) -> String {
        guard let value = try? JSONValue(parsing: body, limits: .init(invalidUTF8: .replace)) else {
            return text(of: body[...], limit: limit)
        }
        return String(decoding: JSONWriter.bytes(of: value), as: UTF8.self).shortened(toBytes: limit)
    }

    /// JSON that could not be read, as text that can be stored: bytes that are no UTF-8, NUL, and the escapes of NUL and of
    /// lone surrogates become U+FFFD.
    package static func text(of bytes: ArraySlice<UInt8>, limit: Int) -> String {
        var rest = String(decoding: bytes.prefix(limit), as: UTF8.self).unicodeScalars[...]
        var clean = String.UnicodeScalarView()
        while let scalar = rest.popFirst() {
            guard scalar == "\\", let escaped = rest.popFirst() else {
                clean.append(storable(scalar))
                continue
            }
            let unit = escaped == "u" ? unit(rest) : nil
            if let unit, UTF16.isLeadSurrogate(unit), let pair = pair(rest) {
                clean.append(contentsOf: "\\u".unicodeScalars)
                clean.append(contentsOf: pair)
                rest = rest.dropFirst(pair.count)
            } else if let unit, unit == 0 || UTF16.isSurrogate(unit) {
                clean.append("\u{FFFD}")
                rest = rest.dropFirst(4)
            } else {
                clean.append(scalar)
                clean.append(storable(escaped))
            }
        }
        return (bytes.count > limit ? String(clean) + "…" : String(clean)).shortened(toBytes: limit)
    }

    /// Tells texts of bytes apart that have no id: FNV-1a of 64 bits.
    package static func digest(of bytes: some Sequence<UInt8>) -> String {
        let hash = bytes.reduce(0xcbf2_9ce4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
        return String(hash, radix: 16)
    }

    private typealias Scalars = Substring.UnicodeScalarView

    private static func storable(_ scalar: Unicode.Scalar) -> Unicode.Scalar { scalar == "\0" ? "\u{FFFD}" : scalar }

    /// The four digits after `\u`.
    private static func unit(_ scalars: Scalars) -> UInt16? {
        let digits = scalars.prefix(4)
        return digits.count == 4 ? UInt16(String(digits), radix: 16) : nil
    }

    /// What follows the `\u` of a leading surrogate, up to the end of the trailing one.
    private static func pair(_ scalars: Scalars) -> Scalars? {
        let pair = scalars.prefix(10)
        let second = pair.dropFirst(4)
        guard second.starts(with: "\\u".unicodeScalars), let trail = unit(second.dropFirst(2)),
            UTF16.isTrailSurrogate(trail)
        else { return nil }
        return pair
    }
}
