import FoundationEssentials

/// What the tests read, as files to begin with: every text that stands in the sources of a folder of tests.
enum Seeds {
    static func write(_ reader: Reader, tests: String, to directory: String) throws {
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        var inputs: Set<[UInt8]> = []
        for folder in reader.tests {
            let root = "\(tests)/\(folder)"
            for file in try FileManager.default.subpathsOfDirectory(atPath: root) where file.hasSuffix(".swift") {
                let source = try String(contentsOfFile: "\(root)/\(file)", encoding: .utf8)
                inputs.formUnion(texts(in: source).flatMap(reader.seeds))
            }
        }
        for (number, input) in inputs.enumerated() {
            try Data(input).write(to: URL(filePath: "\(directory)/\(number)"))
        }
    }

    /// The string literals that stand on one line; what is put into them reads as 1.
    static func texts(in source: String) -> [String] {
        source.matches(of: /#"((?:[^"\n]|"(?!#))*)"#|"((?:[^"\\\n]|\\.)*)"/).map { match in
            if let raw = match.1 { return String(raw).replacing(/\\#\([^()]*\)/, with: "1") }
            return unescaped(String(match.2 ?? ""))
        }
    }

    private static func unescaped(_ text: String) -> String {
        text.replacing(/\\u\{([0-9a-fA-F]{1,6})\}/) { match in
            UInt32(match.1, radix: 16).flatMap(Unicode.Scalar.init).map { String(Character($0)) } ?? ""
        }
        .replacing(/\\\([^()]*\)/, with: "1").replacing(#"\n"#, with: "\n").replacing(#"\r"#, with: "\r")
        .replacing(#"\""#, with: "\"").replacing(#"\\"#, with: #"\"#)
    }
}
