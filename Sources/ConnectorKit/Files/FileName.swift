import Domain

/// File names as they are kept and given out: no path, nothing invisible, never too long, with an extension that fits.
///
/// By scalars, not by characters: a slash or a dot with a combining mark behind it is another character and the same byte.
package enum FileName {
    /// Bytes of UTF-8, as most file systems have it.
    static let limit = 255

    private typealias Scalars = Substring.UnicodeScalarView

    /// - Parameter name: anything; what is no name becomes `file`.
    package static func sanitised(_ name: String?, for type: FileType) -> String {
        let clean = clean(name ?? "")
        var (stem, suffix) = parts(clean)
        if suffix.isEmpty || suffix.utf8.count > 16 || suffix.unicodeScalars.contains(where: isBlank) {
            stem = String(clean)
            suffix = type.fileExtension
        }
        if stem.isEmpty { stem = "file" }
        return "\(stem.prefix(toBytes: limit - 1 - suffix.utf8.count)).\(suffix)"
    }

    /// The name of a file whose type is not known yet, as whoever sent it says; nil where nothing is left of it.
    package static func announced(_ name: String) -> String? {
        let clean = String(clean(name)).prefix(toBytes: limit)
        return clean.isEmpty ? nil : String(clean)
    }

    private static func clean(_ name: String) -> Scalars {
        let last = name.unicodeScalars.split { $0 == "/" || $0 == "\\" }.last ?? Substring().unicodeScalars
        return trimmed(String(String.UnicodeScalarView(last.filter(isVisible))).unicodeScalars[...])
    }

    /// Without dots and blanks at both ends.
    private static func trimmed(_ scalars: Scalars) -> Scalars {
        var rest = scalars.drop { $0 == "." || isBlank($0) }
        while let end = rest.last, end == "." || isBlank(end) { rest.removeLast() }
        return rest
    }

    private static func parts(_ clean: Scalars) -> (stem: String, suffix: String) {
        guard let dot = clean.lastIndex(of: ".") else { return (String(clean), "") }
        return (String(clean[..<dot]), String(clean[clean.index(after: dot)...]))
    }

    private static func isBlank(_ scalar: Unicode.Scalar) -> Bool { scalar.properties.isWhitespace }

    /// Neither control characters, nor what turns the direction of writing, nor what a file system or a header would trip over.
    private static func isVisible(_ scalar: Unicode.Scalar) -> Bool {
        // What joins letters and emoji; all other format characters hide, or turn the writing.
        if scalar.value == 0x200C || scalar.value == 0x200D { return true }
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .surrogate, .unassigned: return false
        default: return !"\"<>|:*?".unicodeScalars.contains(scalar)
        }
    }
}

extension String {
    /// As many of its first characters as fit; of one that is longer by itself, as many of its scalars.
    fileprivate func prefix(toBytes limit: Int) -> String {
        func end<Pieces: Collection>(_ pieces: Pieces, _ size: (Pieces.Element) -> Int) -> Index
        where Pieces.Index == Index {
            var (end, room) = (startIndex, limit)
            while end < endIndex {
                room -= size(pieces[end])
                guard room >= 0 else { break }
                end = pieces.index(after: end)
            }
            return end
        }
        let whole = end(self) { $0.utf8.count }
        return String(self[..<(whole > startIndex ? whole : end(unicodeScalars) { UTF8.width($0) })])
    }
}
