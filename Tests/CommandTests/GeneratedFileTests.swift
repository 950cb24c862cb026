import FoundationEssentials
import Testing

@testable import Commands

@Suite("Files of the source tree that are made from the program", .timeLimit(.minutes(3)))
struct GeneratedFileTests {
    private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().path

    @Test("they are current; otherwise run: make generate")
    func current() throws {
        let files = try GeneratedFile.all()
        #expect(GenerateCommand.stale(files, in: Self.root) == [])
    }

    @Test("the built program writes them, and says which are not current")
    func written() async throws {
        try await ScratchDirectory.with { scratch in
            _ = try scratch.file("man/eralink-gone.1", "x")
            let stale = try await BuiltCommand.run(["generate", "--check", scratch.path])
            #expect(stale.status == 1 && stale.stderr.contains("man/eralink-gone.1; run \"make generate\""))
            #expect(try await BuiltCommand.run(["generate", "-q", scratch.path]).status == 0)
            #expect(try await BuiltCommand.run(["generate", "--check", scratch.path]).status == 0)
            let files = try GeneratedFile.all()
            #expect(GenerateCommand.stale(files, in: scratch.path) == [])
        }
    }

    @Test("mandoc finds nothing wrong with the manual, and what it refers to is there")
    func lint() async throws {
        let names = try ManualPages.all().map(\.name)
        try await ScratchDirectory.with { scratch in
            for name in names {
                let lint = try await ForeignTool.run(["mandoc", "-T", "lint", "\(Self.root)/man/\(name)"], in: scratch)
                // It looks for our pages among the installed ones, where they need not be.
                let found = lint.output.split(separator: "\n").filter {
                    !$0.contains("referenced manual not found: Xr eralink") && !$0.contains("systemd.exec")
                }
                #expect(found == [], "\(name)")
            }
        }
        for (name, page) in try ManualPages.all() {
            for line in page.lines where line.hasPrefix(".Xr eralink") || line.hasPrefix(".It Xr eralink") {
                let words = line.split(separator: " ").drop { $0 != ".Xr" && $0 != "Xr" }.dropFirst().prefix(2)
                #expect(names.contains(words.joined(separator: ".")), "\(name): \(line)")
            }
        }
    }

    @Test("the manual says what help says: every argument, every explanation, every example")
    func sameAsHelp() async throws {
        try await ScratchDirectory.with { scratch in
            let program = try CommandDescription.program()
            for command in program.subcommands {
                let page = "\(Self.root)/man/\(command.words.joined(separator: "-")).1"
                let rendered = try await ForeignTool.run(
                    ["mandoc", "-T", "utf8", "-O", "width=900", page], in: scratch)
                let manual = Self.plain(rendered.output)
                for leaf in command.subcommands.isEmpty ? [command] : command.subcommands {
                    let help = Self.plain(
                        try await BuiltCommand.run(["help"] + leaf.words.dropFirst()).stdout)
                    let parts =
                        [leaf.abstract] + Self.sentences(leaf.discussion) + leaf.examples.map(\.line)
                        + leaf.arguments.flatMap { [Self.head($0)] + Self.sentences($0.text) }
                    for part in parts.map(Self.plain) {
                        #expect(manual.contains(part), "\(page): \(part)")
                        #expect(help.contains(part), "help \(leaf.name): \(part)")
                    }
                    #expect(leaf.arguments.count >= 7, "\(leaf.name)")
                }
            }
        }
    }

    private static func head(_ argument: CommandDescription.Argument) -> String {
        switch argument.kind {
        case .positional: argument.valueName
        case .flag: argument.names.joined(separator: ", ")
        case .option: argument.names.joined(separator: ", ") + " " + argument.valueName
        }
    }

    private static func sentences(_ text: String) -> [String] {
        text.split(separator: ". ").map { $0.hasSuffix(".") ? String($0.dropLast()) : String($0) }
    }

    /// Without overstrikes (bold is written as a letter, a backspace, the letter), brackets of placeholders, and line breaks.
    private static func plain(_ text: String) -> String {
        var result = ""
        for character in text.unicodeScalars {
            if character == "\u{8}" {
                result.unicodeScalars.removeLast()
            } else {
                result.unicodeScalars.append(character)
            }
        }
        return result.replacing("<", with: "").replacing(">", with: "").split(whereSeparator: \.isWhitespace)
            .joined(separator: " ")
    }
}
