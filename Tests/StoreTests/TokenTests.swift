import AgentProtocol
import Domain
import Postgres
import TestSupport
import Testing

@testable import Store

@Suite("Tokens and agents", .timeLimit(.minutes(5)))
struct TokenTests {
    @Test("a token is found by its secret until it is revoked or has expired; only its hash is stored")
    func life() async throws {
        try await StoreFixture.with { f in
            let secret = try await f.token("anna", [.agent, .bot], accounts: ["support"])
            let token = try #require(try await f.store.token(Secret(secret)))
            #expect(token.name == "anna" && token.scopes == [.agent, .bot] && token.accounts == ["support"])
            #expect(try await f.store.token(Secret(secret + "x")) == nil)
            let stored = try await f.count(
                "SELECT count(*) FROM token WHERE token::text LIKE \("%" + secret + "%")")
            #expect(stored == 0)
            #expect(try await f.store.endedTokens(among: [token.id, 999]) == [999])
            _ = try await f.store.revokeToken("anna", by: "test")
            #expect(try await f.store.token(Secret(secret)) == nil)
            #expect(try await f.store.endedTokens(among: [token.id]) == [token.id])
            let expired = try await f.token("boris", lifetime: .milliseconds(-1))
            #expect(try await f.store.token(Secret(expired)) == nil)
        }
    }

    @Test("a name is taken while its token lives; afterwards it is free")
    func names() async throws {
        try await StoreFixture.with { f in
            try await f.token("anna")
            #expect(await refusal { try await f.token("anna") }?.code == .conflict)
            _ = try await f.store.revokeToken("anna", by: "test")
            try await f.token("anna", lifetime: .milliseconds(-1))
            let last = try await f.token("anna")
            #expect(try await f.store.token(Secret(last))?.name == "anna")
            #expect(await refusal { _ = try await f.store.revokeToken("nobody", by: "t") }?.code == .notFound)
            #expect(try await f.store.tokens().count == 3)
        }
    }

    @Test("what changed nothing leaves no line in the audit trail")
    func audit() async throws {
        try await StoreFixture.with { f in
            try await f.token("anna")
            _ = await refusal { _ = try await f.store.revokeToken("nobody", by: "t") }
            _ = try await f.store.revokeToken("anna", by: "t")
            _ = await refusal { _ = try await f.store.revokeToken("anna", by: "t") }
            _ = await refusal { _ = try await f.store.changeAccount("none", .init(), action: "account.set", by: "t") }
            var filter = AuditFilter()
            filter.actor = "t"
            let lines = try await f.store.audit(filter, limit: 10)
            #expect(lines.map(\.action) == ["token.revoke"] && lines.map(\.subject) == ["anna"])
        }
    }

    @Test("a change made from an account that somebody has changed meanwhile is a conflict and changes nothing")
    func twoAdmins() async throws {
        try await StoreFixture.with { f in
            let seen = try await f.store.account("support")
            var first = AccountChange()
            first.from = seen.version
            first.settings = ["rate": "5"]
            var second = first
            second.settings = ["text_limit": "100"]
            _ = try await f.store.changeAccount("support", first, action: "account.set", by: "t")
            let problem = await refusal {
                _ = try await f.store.changeAccount("support", second, action: "account.set", by: "t")
            }
            #expect(problem?.code == .conflict)
            #expect(try await f.store.account("support").settings == ["rate": "5"])
            second.from = try await f.store.account("support").version
            let changed = try await f.store.changeAccount("support", second, action: "account.set", by: "t")
            #expect(changed?.settings == ["text_limit": "100"])
        }
    }

    @Test("the highest acknowledged cursor of an epoch wins")
    func acknowledging() async throws {
        try await StoreFixture.with { f in
            for position: Int64 in [5, 9, 7] {
                try await f.store.acknowledge(Cursor(epoch: "a", position: position), by: "anna")
            }
            #expect(try await f.store.acknowledged(by: "anna") == Cursor(epoch: "a", position: 9))
            try await f.store.acknowledge(Cursor(epoch: "b", position: 1), by: "anna")
            #expect(try await f.store.acknowledged(by: "anna") == Cursor(epoch: "b", position: 1))
            #expect(try await f.store.acknowledged(by: "boris") == nil)
        }
    }

    @Test("presence is told to whoever asks what changed; agents are listed where they share an account")
    func presence() async throws {
        try await StoreFixture.with { f in
            try await f.token("anna", accounts: ["support"])
            try await f.token("boris", accounts: ["sales"])
            let mark = try await f.store.presenceMark()
            #expect(try await f.store.logState().agentMark == 0)
            _ = try await f.store.setPresence(.away, reason: "lunch", of: "anna")
            let changed = try await f.store.presence(changedAfter: mark)
            #expect(changed.map(\.presence.agent) == ["anna"] && changed.first?.presence.reason == "lunch")
            let listed = try await f.store.agents(for: .agent("carl", accounts: ["support"]))
            #expect(listed.map(\.presence.agent) == ["anna"] && listed.first?.presence.state == .away)
            #expect(try await f.store.agents(for: .agent("carl")).map(\.presence.agent) == ["anna", "boris"])
        }
    }
}
