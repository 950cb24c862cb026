import Domain

/// File names as they are kept and given out: no path, nothing invisible, never too long, with an extension that fits.
package enum FileName {
    /// Bytes of UTF-8, as most file systems have it.
    static let limit = 255

    /// - Parameter name: anything; what is no name becomes `file`.
    package static func sanitised(_ name: String?, for type: FileType) -> String {
        let clean = clean(name ?? "")
        let dot = clean.lastIndex(of: ".")
        var stem = dot.map { String(clean[..<$0]) } ?? clean
        var suffix = dot.map { String(clean[clean.index(after: $0)...]) } ?? ""
        if suffix.isEmpty || suffix.utf8.count > 16 || suffix.contains(where: \.isWhitespace) {
            stem = clean
            suffix = type.fileExtension
        }
        if stem.isEmpty { stem = "file" }
        while stem.utf8.count + 1 + suffix.utf8.count > limit { stem.removeLast() }
        return "\(stem).\(suffix)"
    }

    /// The name of a file whose type is not known yet, as whoever sent it says; nil where nothing is left of it.
    package static func announced(_ name: String) -> String? {
        var clean = clean(name)
        while clean.utf8.count > limit { clean.removeLast() }
        return clean.isEmpty ? nil : clean
    }

    private static func clean(_ name: String) -> String {
        let last = name.split { $0 == "/" || $0 == "\\" }.last.map(String.init) ?? ""
        var clean = String(String.UnicodeScalarView(last.unicodeScalars.filter(isVisible)))
        while let first = clean.first, first == "." || first.isWhitespace { clean.removeFirst() }
        while let end = clean.last, end == "." || end.isWhitespace { clean.removeLast() }
        return clean
    }

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
