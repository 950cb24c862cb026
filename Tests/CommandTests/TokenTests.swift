import Domain
import JSON
import Store
import TestSupport
import Testing

@Suite("The token commands", .timeLimit(.minutes(5)))
struct TokenTests {
    @Test("a token is printed once, works, is listed without its text, and is revoked")
    func story() async throws {
        try await Desk.with { desk in
            let made = try await desk.json(
                "token create --name anna --scope agent --scope supervisor --account support --expires 90d")
            #expect(made.names == ["id", "name", "token", "scopes", "accounts", "expires_at"])
            let token = try #require(made["token"]?.string)
            #expect(token.wholeMatch(of: /[A-Za-z0-9_-]{43}/) != nil)
            #expect(made["accounts"] == .array([.string("support")]))
            let record = try #require(try await desk.fixture.store.token(Secret(token)))
            #expect(record.name == "anna" && record.scopes == [.agent, .supervisor])
            let lifetime = try #require(record.expiresAt).since(record.createdAt)
            #expect(lifetime > .seconds(89 * 86_400) && lifetime < .seconds(91 * 86_400))

            let list = try await desk.run("token list -o json")
            #expect(!list.stdout.contains(token))
            #expect(try JSONValue(parsing: list.stdout)[0]?["name"] == .string("anna"))
            #expect(try await desk.run("token create --name anna --scope agent").status == 7)
            #expect(try await desk.json("token revoke anna")["revoked_at"]?.string != nil)
            #expect(try await desk.fixture.store.token(Secret(token)) == nil)
            #expect(try await desk.run("token revoke anna").status == 3)
            #expect(try await desk.json("token list").array?.isEmpty == true)
            #expect(try await desk.json("token list --all").array?.count == 1)

            let all = try await desk.json("token create --name anna --scope bot")
            #expect(all["accounts"] == .null && all["expires_at"] == .null)
            let quiet = try await desk.run("token create --name carl --scope agent -q")
            #expect(quiet.stdout.wholeMatch(of: /[A-Za-z0-9_-]{43}\n/) != nil)
        }
    }

    @Test("what is wrong with a token's command line")
    func refusals() async throws {
        try await Desk.with { desk in
            let rows: [(String, Int32, String)] = [
                ("token create --name a", 2, "--scope"), ("token create --scope agent", 2, "--name"),
                ("token create --name a --scope boss", 2, "agent"),
                ("token create --name a/b --scope agent", 2, "a token's name is"),
                ("token create --name a --scope agent --account none", 3, "account none does not exist"),
                ("token create --name a --scope agent --expires soon", 2, "is not a duration"),
                ("token create --name a --scope agent --expires 0s", 2, "--expires"),
            ]
            for (line, status, says) in rows {
                let result = try await desk.run(line)
                #expect(result.status == status, "\(line): \(result.stderr)")
                #expect(result.stderr.contains(says), "\(line): \(result.stderr)")
                #expect(result.stdout.isEmpty)
            }
            #expect(try await desk.fixture.store.tokens().isEmpty)
        }
    }
}
