import Domain
import JSON
import Store
import TestSupport
import Testing

/// An installation of one test: a migrated database with the account `support`, a key, a directory, and the built command.
struct Desk {
    let fixture: StoreFixture
    let scratch: ScratchDirectory
    var environment: [String: String]
    private let outputs = Outputs()

    static let botToken = "5000000001:AAH-secret-secret-secret-secret-secr"

    static func with<R>(_ body: (Desk) async throws -> R) async throws -> R {
        try await StoreFixture.with { fixture in
            try await ScratchDirectory.with { scratch in
                let key = "\(scratch.path)/key"
                _ = try await BuiltCommand.run(["key", "create", key])
                _ = try scratch.file("bot.token", botToken + "\n")
                return try await body(
                    Desk(
                        fixture: fixture, scratch: scratch,
                        environment: [
                            "ERALINK_DATABASE_URL": fixture.database.url, "ERALINK_SECRETS_KEY_FILE": key,
                            "USER": "tester",
                        ]))
            }
        }
    }

    /// A command line in words; `@bot` stands for the file with the bot's token.
    func run(_ line: String, stdout: BuiltCommand.StandardOutput = .captured, stdin: String = "/dev/null") async throws
        -> BuiltCommand.Result
    {
        let words = line.split(separator: " ").map { $0 == "@bot" ? "\(scratch.path)/bot.token" : String($0) }
        let result = try await BuiltCommand.run(words, environment: environment, stdout: stdout, stdin: stdin)
        outputs.add(result)
        return result
    }

    /// The JSON that a command line prints, which must end well.
    func json(_ line: String, sourceLocation: SourceLocation = #_sourceLocation) async throws -> JSONValue {
        let result = try await run(line + " -o json")
        #expect(result.status == 0, "\(line): \(result.stderr)", sourceLocation: sourceLocation)
        return try JSONValue(parsing: result.stdout)
    }

    /// Everything that was printed so far.
    var everything: String { outputs.text }

    /// With the token of a supervisor, at these servers.
    func at(chat: String? = nil, loader: String? = nil, scopes: [Scope] = [.agent, .supervisor]) async throws -> Desk {
        var desk = self
        let secret = try await fixture.token("boss-\(scopes.count)", scopes)
        desk.environment["ERALINK_TOKEN_FILE"] = try scratch.file("agent-\(scopes.count).token", secret)
        desk.environment["ERALINK_CHAT_URL"] = chat
        desk.environment["ERALINK_LOADER_URL"] = loader
        return desk
    }
}

extension JSONValue {
    var names: [String] { object?.map(\.name) ?? [] }
}
