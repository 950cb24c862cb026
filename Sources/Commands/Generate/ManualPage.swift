/// A manual page in mdoc(7), line by line: what is text is escaped here and nowhere else.
struct ManualPage {
    private(set) var lines: [String]

    /// - Parameters:
    ///   - name: such as `eralink-account`, which is also the file's name before the section.
    ///   - text: half a sentence for `apropos`.
    init(_ name: String, section: Int, _ text: String) {
        lines = [
            ".\\\" Made by \"eralink generate\" from the program itself: change that, then run \"make generate\".",
            ".Dd \(Version.date)", ".Dt \(name.uppercased()) \(section)", ".Os", ".Sh NAME",
            ".Nm \(name)", ".Nd \(Self.escape(Self.halfSentence(text)))",
        ]
    }

    var text: String { lines.joined(separator: "\n") + "\n" }

    mutating func section(_ title: String) { lines.append(".Sh \(title)") }

    mutating func subsection(_ title: String) { lines.append(".Ss \(Self.literal(title))") }

    /// A macro with arguments that are escaped already.
    mutating func macro(_ line: String) { lines.append(".\(line)") }

    /// Sentences, each on lines of its own as mdoc wants it; `code` between backticks is set in bold, an empty line begins a
    /// paragraph.
    mutating func sentences(_ text: String) {
        for (index, paragraph) in text.split(separator: "\n\n").enumerated() {
            if index > 0 { macro("Pp") }
            for sentence in Self.sentences(of: paragraph.replacing("\n", with: " ")) { wrap(sentence) }
        }
    }

    mutating func list(_ width: String = "Ds", _ items: (inout ManualPage) -> Void) {
        macro("Bl -tag -width \(width)")
        items(&self)
        macro("El")
    }

    /// An item of a list whose head is literal text.
    mutating func item(_ head: String, _ text: String) {
        macro("It Cm \(Self.argument(head))")
        sentences(text)
    }

    /// Command lines as they are typed, each after what it is for.
    mutating func examples(_ examples: [CommandExample]) {
        for (index, example) in examples.enumerated() {
            if index > 0 { macro("Pp") }
            sentences(Self.sentence(example.meaning))
            macro("Bd -literal -offset indent")
            lines.append(Self.guarded(Self.literal(example.line)))
            macro("Ed")
        }
    }

    /// References to pages, `eralink-exit(7)` and others, each `name section`.
    mutating func seeAlso(_ pages: [String]) {
        section("SEE ALSO")
        for (index, page) in pages.enumerated() { macro("Xr \(page)\(index < pages.count - 1 ? " ," : "")") }
    }

    /// One word of a macro's line, which must not be taken for a macro or a delimiter.
    static func argument(_ text: String) -> String {
        text.split(separator: " ").map { word in
            let isMacro = word.count <= 3 && word.first?.isUppercase == true
            let isDelimiter = word.allSatisfy { ".,:;()[]?!|".contains($0) }
            return (isMacro || isDelimiter ? "\\&" : "") + literal(String(word))
        }.joined(separator: " ")
    }

    /// Text whose dashes are typed, not set.
    static func literal(_ text: String) -> String { escape(text).replacing("-", with: "\\-") }

    private mutating func wrap(_ text: String) {
        var line = ""
        for word in Self.escape(text).split(separator: " ") {
            if !line.isEmpty, line.utf8.count + word.utf8.count > 76 {
                lines.append(Self.guarded(line))
                line = ""
            }
            line += (line.isEmpty ? "" : " ") + word
        }
        if !line.isEmpty { lines.append(Self.guarded(line)) }
    }

    /// A text line that begins like a request is none.
    private static func guarded(_ line: String) -> String {
        line.hasPrefix(".") || line.hasPrefix("'") ? "\\&" + line : line
    }

    private static func escape(_ text: String) -> String {
        var result = ""
        var isCode = false
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\\": result += "\\e"
            case "`":
                result += isCode ? "\\fP" : "\\fB"
                isCode.toggle()
            case _ where scalar.value > 0x7E:
                let digits = String(scalar.value, radix: 16, uppercase: true)
                result += "\\[u\(String(repeating: "0", count: max(0, 4 - digits.count)))\(digits)]"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    private static func sentences(of text: some StringProtocol) -> [String] {
        var sentences: [String] = []
        var rest = String(text)[...]
        while let end = rest.firstMatch(of: /[.!?:;][)"'`\]]*\s+/)?.range.upperBound {
            sentences.append(String(rest[..<end].drop { $0 == " " }))
            rest = rest[end...]
        }
        return sentences + (rest.isEmpty ? [] : [String(rest)])
    }

    private static func halfSentence(_ text: String) -> String {
        var text = text.hasSuffix(".") ? String(text.dropLast()) : text
        // An abbreviation or a name stays as it is.
        if text.dropFirst().first?.isLowercase == true, let first = text.first {
            text = first.lowercased() + text.dropFirst()
        }
        return text
    }

    /// With a capital first letter, and an end.
    static func sentence(_ text: String, end: String = ":") -> String {
        guard let first = text.first else { return "" }
        return first.uppercased() + text.dropFirst() + end
    }
}
