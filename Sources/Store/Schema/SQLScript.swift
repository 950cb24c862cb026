/// Cuts a script into its statements: at semicolons outside of dollar-quoted bodies, quotes and comments.
enum SQLScript {
    static func statements(of script: String) -> [String] {
        var statements: [String] = []
        var current = ""
        var rest = script[...]
        while let character = rest.first {
            if rest.hasPrefix("--") {
                rest = rest.drop { $0 != "\n" }
            } else if rest.hasPrefix("$$") {
                let body = rest.dropFirst(2)
                let end = body.firstRange(of: "$$")?.upperBound ?? body.endIndex
                current += rest[rest.startIndex..<end]
                rest = rest[end...]
            } else if character == "'" {
                let end = rest.dropFirst().firstIndex(of: "'").map { rest.index(after: $0) } ?? rest.endIndex
                current += rest[rest.startIndex..<end]
                rest = rest[end...]
            } else if character == ";" {
                statements.append(current)
                current = ""
                rest = rest.dropFirst()
            } else {
                current.append(character)
                rest = rest.dropFirst()
            }
        }
        statements.append(current)
        return statements.filter { statement in statement.contains { !$0.isWhitespace } }
    }
}
