import Domain

/// A secret as it is handed over: by a file, or by standard input, never as an argument (cli.md, "Conduct").
enum SecretText {
    /// What is wrong with a secret that will stand in a header or a URL, as half a sentence; nil where nothing is.
    static func problem(with text: String) -> String? {
        if text.isEmpty { return "is empty" }
        let isPlain = text.utf8.allSatisfy { (0x21...0x7E).contains($0) }
        return isPlain ? nil : "holds blanks or characters beyond ASCII, so it is no token"
    }

    static func firstLine(ofFile path: String) throws(SettingProblem) -> String {
        let text = trimmed(try Secret(contentsOfFile: path).value)
        if let problem = problem(with: text) {
            throw SettingProblem("names the file \(path), whose first line \(problem)")
        }
        return text
    }

    static func trimmed(_ text: String) -> String {
        let start = text.drop { $0.isWhitespace }
        let end = start.lastIndex { !$0.isWhitespace }
        return end.map { String(start[...$0]) } ?? ""
    }
}

extension CommandContext {
    /// The token of an option such as `--token-file`; `-` reads standard input.
    func secret(fromFile path: String, option: String) async throws -> String {
        guard path == "-" else {
            do throws(SettingProblem) {
                return try SecretText.firstLine(ofFile: path)
            } catch {
                throw CommandFailure.usage("\(option) \(error.reason)", details: [.init("file", path)])
            }
        }
        let text = String(decoding: try await input.readAll(65_536), as: UTF8.self)
        let line = SecretText.trimmed(String(text.prefix { !$0.isNewline }))
        if let problem = SecretText.problem(with: line) {
            throw CommandFailure.usage("\(option) -: the first line of standard input \(problem)")
        }
        return line
    }
}
