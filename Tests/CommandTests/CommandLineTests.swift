import FoundationEssentials
import JSON
import Testing

@testable import Commands

@Suite("The built command from outside")
struct CommandLineTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let arguments: [String]
        let status: Int32
        var stdout: String?
        var stderr = ""

        var testDescription: String { arguments.joined(separator: " ") }

        init(_ arguments: String, _ status: Int32, stdout: String? = "", stderr: String = "") {
            self.arguments = arguments.split(separator: " ").map(String.init)
            self.status = status
            self.stdout = stdout
            self.stderr = stderr
        }
    }

    @Test(
        "command lines end with their status, results on stdout and one line on stderr",
        arguments: [
            Case("version", 0, stdout: "eralink \(Version.current)\n"),
            Case("--version", 0, stdout: "eralink \(Version.current)\n"),
            Case("version -o json", 0, stdout: "{\"version\":\"\(Version.current)\"}\n"),
            Case("version -o jsonl", 0, stdout: "{\"version\":\"\(Version.current)\"}\n"),
            Case("version -o csv", 0, stdout: "version\n\(Version.current)\n"),
            Case("-q version", 0, stdout: "\(Version.current)\n"),
            Case("-o csv version", 0, stdout: "version\n\(Version.current)\n"),
            Case("--output=csv version", 0, stdout: "version\n\(Version.current)\n"),
            Case(
                "config", 2,
                stderr:
                    "eralink: \"eralink config\" needs a command: show, check, defaults; see \"eralink config --help\"\n"
            ),
            Case("confg", 2, stderr: "eralink: unknown command \"eralink confg\"; did you mean \"eralink config\"?\n"),
            Case(
                "config sho", 2,
                stderr: "eralink: unknown command \"eralink config sho\"; did you mean \"eralink config show\"?\n"),
            Case("zzzzzz", 2, stderr: "eralink: unknown command \"eralink zzzzzz\"; see \"eralink --help\"\n"),
            Case("help zzzzzz", 2, stderr: "eralink: unknown command \"eralink zzzzzz\"; see \"eralink --help\"\n"),
            Case("config show --orign", 2, stderr: "eralink: unknown option '--orign'; did you mean '--origin'?\n"),
            Case("version extra", 2, stderr: "eralink: unexpected argument 'extra'; see \"eralink version --help\"\n"),
            Case(
                "key create", 2,
                stderr: "eralink: missing expected argument '<file>'; see \"eralink key create --help\"\n"),
            Case("version -o", 2, stderr: "eralink: missing value for '-o <output>'; see \"eralink version --help\"\n"),
            Case(
                "config show --config /nonexistent/x.yaml", 2,
                stderr:
                    "eralink: cannot read the settings file /nonexistent/x.yaml; make one with \"eralink config defaults\"\n"
            ),
            Case(
                "config show --log-level loud", 2,
                stderr:
                    "eralink: --log-level: log.level: \"loud\" is not one of trace, debug, info, notice, warning, error, critical\n"
            ),
            Case(
                "key create /nonexistent/dir/key", 3,
                stderr: "eralink: there is no directory for /nonexistent/dir/key; make it first\n"),
            Case("config check", 0, stderr: "the settings are in order (no settings file)\n"),
            Case("config check -q", 0),
        ])
    func table(line: Case) async throws {
        let result = try await BuiltCommand.run(line.arguments)
        #expect(result.status == line.status)
        #expect(result.stdout == line.stdout)
        #expect(result.stderr == line.stderr)
    }

    @Test("no command at all is a usage error that names the commands")
    func noCommand() async throws {
        let result = try await BuiltCommand.run([])
        #expect(result.status == 2)
        #expect(result.stdout.isEmpty)
        #expect(result.stderr.hasPrefix("eralink: \"eralink\" needs a command: "))
        #expect(result.stderr.split(separator: "\n").count == 1)
    }

    @Test(
        "with -o json an error is JSON on stderr, also when the command line itself is wrong",
        arguments: [
            ["-o", "json", "config", "shw"], ["config", "show", "--nope", "-o", "json"], ["config", "-ojson"],
            ["config", "show", "--output=json", "--config", "/nonexistent"], ["-o", "jsonl", "zzzzzz"],
        ])
    func jsonErrors(arguments: [String]) async throws {
        let result = try await BuiltCommand.run(arguments)
        #expect(result.status == 2)
        #expect(result.stdout.isEmpty)
        let error = try #require(try JSONValue(parsing: result.stderr)["error"])
        #expect(error["code"] == .string("invalid_params"))
        guard case .string(let message)? = error["message"], case .object? = error["details"] else {
            Issue.record("members are missing: \(result.stderr)")
            return
        }
        #expect(!message.isEmpty)
    }

    @Test("an argument that would act on a terminal is shown, not obeyed")
    func hostileArgument() async throws {
        let result = try await BuiltCommand.run(["\u{1B}[2J\u{202E}evil\nline"])
        #expect(result.status == 2)
        #expect(result.stderr.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x202E || $0 == "\n" })
        #expect(result.stderr.split(separator: "\n").count == 1)
    }

    @Test("--help begins with three examples, for every command")
    func help() async throws {
        for command in [Eralink.self] + Eralink.allCommands {
            let words = Eralink.path(to: command)
            let result = try await BuiltCommand.run(words + ["--help"])
            #expect(result.status == 0, "\(words)")
            let lines = result.stdout.split(separator: "\n")
            #expect(lines.first == "EXAMPLES:", "\(words)")
            let examples = lines.dropFirst().prefix { !$0.hasPrefix("OVERVIEW") }
            #expect(examples.count >= 6, "\(words)")
            #expect(result.stdout.contains("USAGE: eralink"))
            #expect(try await BuiltCommand.run(["help"] + words).stdout.hasPrefix("EXAMPLES:"), "help \(words)")
        }
    }

    @Test(
        "a reader who has gone ends the command quietly with 141",
        arguments: [["version"], ["config", "show"], ["--help"]])
    func closedPipe(arguments: [String]) async throws {
        let result = try await BuiltCommand.run(arguments, stdout: .closedPipe)
        #expect(result == BuiltCommand.Result(status: 141, stdout: "", stderr: ""))
    }

    @Test("a closed standard output ends the command quietly with 141")
    func closedOutput() async throws {
        let result = try await BuiltCommand.run(["config", "show"], stdout: .closed)
        #expect(result == BuiltCommand.Result(status: 141, stdout: "", stderr: ""))
    }

    @Test("a full disk is an error with its reason")
    func fullDisk() async throws {
        let result = try await BuiltCommand.run(["config", "show"], stdout: .file("/dev/full"))
        #expect(result.status == 1)
        #expect(result.stderr == "eralink: cannot write the output: No space left on device\n")
    }

    @Test(
        "colour is for terminals, and only where nobody refuses it",
        arguments: [
            (["config", "show"], [:], true),
            (["config", "show"], ["NO_COLOR": "1"], false),
            (["config", "show", "--no-color"], [:], false),
            (["config", "show"], ["TERM": "dumb"], false),
        ] as [([String], [String: String], Bool)])
    func colour(arguments: [String], environment: [String: String], isColoured: Bool) async throws {
        let onTerminal = try await BuiltCommand.run(arguments, environment: environment, stdout: .terminal)
        #expect(onTerminal.status == 0)
        #expect(onTerminal.stdout.contains("\u{1B}[") == isColoured)
        let piped = try await BuiltCommand.run(arguments, environment: environment)
        #expect(!piped.stdout.contains("\u{1B}["))
    }

    @Test("a table on a terminal fits its window")
    func fitsWindow() async throws {
        let environment = ["ERALINK_CHAT_URL": "https://" + String(repeating: "long", count: 40)]
        let result = try await BuiltCommand.run(
            ["config", "show", "--origin", "--no-color"], environment: environment, stdout: .terminal)
        let lines = result.stdout.split(whereSeparator: \.isNewline)
        #expect(lines.count == Settings.keys.count + 1)
        #expect(lines.allSatisfy { $0.count <= 80 })
    }

    @Test("a variable of ours that nobody knows is a warning, with what was meant")
    func unknownVariable() async throws {
        let environment = ["ERALINK_DATABASE_UR": "x"]
        let result = try await BuiltCommand.run(["config", "show", "-o", "csv"], environment: environment)
        #expect(result.status == 0)
        #expect(
            result.stderr
                == "eralink: warning: unknown variable ERALINK_DATABASE_UR is ignored; did you mean ERALINK_DATABASE_URL?\n"
        )
        let quiet = try await BuiltCommand.run(["config", "show", "-o", "csv", "--quiet"], environment: environment)
        #expect(quiet.stderr.isEmpty)
    }

    @Test(
        "settings show their origin and hide their secrets, in every form",
        arguments: ["table", "json", "jsonl", "csv"])
    func origins(form: String) async throws {
        let environment = ["ERALINK_DATABASE_URL": "postgresql://a:geheim@h/x", "ERALINK_ZOOKEEPER_AUTH": "a:geheim"]
        let result = try await BuiltCommand.run(["config", "show", "--origin", "-o", form], environment: environment)
        #expect(result.status == 0)
        #expect(result.stdout.contains("ERALINK_DATABASE_URL"))
        #expect(result.stdout.contains("postgresql://a:***@h/x"))
        #expect(!result.stdout.contains("geheim"))
    }

    @Test("completions are made for three shells", arguments: ["bash", "zsh", "fish"])
    func completions(shell: String) async throws {
        let result = try await BuiltCommand.run(["completions", shell])
        #expect(result.status == 0)
        #expect(result.stdout.contains("eralink"))
    }

    @Test("config check lists every problem and ends with 2")
    func check() async throws {
        let result = try await BuiltCommand.run(
            ["config", "check", "-o", "json"], environment: ["ERALINK_LOG_LEVEL": "x", "ERALINK_DATABASE_POOL": "y"])
        #expect(result.status == 2)
        guard case .array(let findings) = try JSONValue(parsing: result.stdout) else {
            Issue.record("no list: \(result.stdout)")
            return
        }
        #expect(findings.map { $0["severity"] } == [.string("error"), .string("error")])
    }
}
