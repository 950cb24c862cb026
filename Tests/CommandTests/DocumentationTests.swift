import ArgumentParser
import FoundationEssentials
import Testing

@testable import Commands

@Suite("Documentation that is made from the program")
struct DocumentationTests {
    private static let readme = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "README.md")

    @Test("the README's table of settings is the program's own")
    func settingsTable() throws {
        let text = try String(contentsOf: Self.readme, encoding: .utf8)
        let parts = text.components(between: "writes it anew -->\n", and: "<!-- end of settings -->")
        let (before, table, after) = try #require(parts)
        if ProcessInfo.processInfo.environment["UPDATE_DOCS"] != nil {
            try Data("\(before)\(Settings.markdownTable)\(after)".utf8).write(to: Self.readme)
        } else {
            #expect(table == Settings.markdownTable, "run: UPDATE_DOCS=1 swift test --filter DocumentationTests")
        }
    }

    @Test("the README names every exit status")
    func exitStatuses() throws {
        let text = try String(contentsOf: Self.readme, encoding: .utf8)
        for status in ExitStatus.allCases {
            #expect(text.contains("\n| \(status.rawValue) | \(status.meaning) |\n"), "\(status)")
        }
    }

    @Test("every command line of the README is one that the program takes")
    func readmeLines() throws {
        let text = try String(contentsOf: Self.readme, encoding: .utf8)
        let lines = text.split(separator: "\n").filter { $0.hasPrefix("    eralink ") }
        #expect(lines.count >= 12)
        for line in lines {
            // Without what is the shell's: remarks, pipes, redirections, `&`, quotes.
            let command = line.replacing(/\s+(#|\||>|&).*$/, with: "").replacing(/"[^"]*"/, with: "text")
            let words = command.split(separator: " ").dropFirst().map(String.init)
            #expect(throws: Never.self, "\(line)") { _ = try Eralink.parseAsRoot(words) }
        }
    }

    @Test("every command has three examples that name it, an abstract, and examples that parse as commands")
    func examples() {
        for command in Eralink.allCommands + [Eralink.self] {
            let path = CommandPath(root: Eralink.self, arguments: Eralink.path(to: command))
            #expect(path.examples.count >= 3, "\(path.name)")
            #expect(!command.configuration.abstract.isEmpty, "\(path.name)")
            #expect(path.examples.contains { $0.line.contains("eralink") })
        }
    }
}

extension String {
    /// What stands before, between and after two marks, the marks going with what is outside.
    fileprivate func components(between start: String, and end: String) -> (String, String, String)? {
        guard let open = firstRange(of: start)?.upperBound, let close = self[open...].firstRange(of: end)?.lowerBound
        else { return nil }
        return (String(self[..<open]), String(self[open..<close]), String(self[close...]))
    }
}
