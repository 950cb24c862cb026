import AgentProtocol
import Domain

/// Text in the language of nginx's configuration.
struct NginxWriter {
    private(set) var text = ""
    private var depth = 0
    /// The last line explains the next one.
    private var explains = false

    mutating func line(_ content: String) {
        explains = content.hasPrefix("#")
        text += String(repeating: "    ", count: depth) + content + "\n"
    }

    mutating func comment(_ content: String) {
        if depth == 1, !explains { text += "\n" }
        line("# \(content)")
    }

    mutating func block(_ head: String, _ body: (inout Self) -> Void) {
        if depth < 2, !explains { text += "\n" }
        line("\(head) {")
        depth += 1
        body(&self)
        depth -= 1
        line("}")
    }

    /// Answers with an error, as agent-api.md ("Errors") has it.
    mutating func answer(_ error: EralinkError) {
        let body = String(decoding: error.problem(status: error.code.http), as: UTF8.self)
        line("return \(error.code.http) '\(body.replacing("\\", with: "\\\\").replacing("'", with: "\\'"))';")
    }

    /// A word that may hold blanks.
    static func quoted(_ word: String) -> String {
        "\"\(word.replacing("\\", with: "\\\\").replacing("\"", with: "\\\""))\""
    }

    /// Bytes; nginx knows `k` and `m`.
    static func size(_ bytes: Int) -> String {
        if bytes % (1 << 20) == 0 { return "\(bytes >> 20)m" }
        if bytes % (1 << 10) == 0 { return "\(bytes >> 10)k" }
        return "\(bytes)"
    }
}
