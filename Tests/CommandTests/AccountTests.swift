import Domain
import JSON
import Postgres
import Sandbox
import Store
import TestSupport
import Testing

@testable import Commands

@Suite("The account commands", .timeLimit(.minutes(5)))
struct AccountTests {
    @Test("an account is added, listed, shown, changed, disabled, enabled and removed")
    func story() async throws {
        try await Desk.with { desk in
            let added = try await desk.json(
                "account add telegram --name shop --token-file @bot --set rate=20 --set public_url=https://x.example/e/"
            )
            #expect(added.names == ["name", "kind", "channel", "enabled", "api_url", "settings", "webhook_url"])
            #expect(added["api_url"] == .string("https://api.telegram.org"))
            #expect(added["settings"] == .object([.init("public_url", "https://x.example/e"), .init("rate", "20")]))
            let webhook = try #require(added["webhook_url"]?.string)
            let secret = /https:\/\/x\.example\/e\/webhooks\/shop\/[A-Za-z0-9_-]{32}/
            #expect(webhook.wholeMatch(of: secret) != nil)

            let list = try await desk.json("account list")
            #expect(list.array?.count == 2)
            #expect(list[0].map(\.names) == ["name", "kind", "channel", "enabled", "api_url", "settings"])
            #expect(try await desk.run("account list -q").stdout == "shop\nsupport\n")

            let changed = try await desk.json("account set shop rate= resend_policy=hold --api-url http://127.0.0.1:9/")
            #expect(changed["settings"].map(\.names) == ["public_url", "resend_policy"])
            #expect(changed["api_url"] == .string("http://127.0.0.1:9"))
            #expect(changed["webhook_url"] == .string(webhook))
            #expect(try await desk.json("account disable shop")["enabled"] == .bool(false))
            #expect(try await desk.json("account enable shop")["enabled"] == .bool(true))
            #expect(try await desk.json("account show support")["webhook_url"] == .null)
            #expect(try await desk.json("account remove shop")["name"] == .string("shop"))
            #expect(try await desk.run("account show shop").status == 3)
            #expect(try await desk.run("account add telegram --name shop --token-file @bot").status == 7)
        }
    }

    struct Bad: CustomTestStringConvertible {
        let line: String
        let status: Int32
        let says: String

        var testDescription: String { line }

        init(_ line: String, _ status: Int32, _ says: String) {
            self.line = line
            self.status = status
            self.says = says
        }
    }

    @Test("what several admins set at once is set, all of it, and the audit trail says what it was")
    func together() async throws {
        try await Desk.with { desk in
            try await withThrowingTaskGroup(of: Int32.self) { group in
                for setting in ["rate=5", "text_limit=100", "retention_days=9", "resend_policy=hold"] {
                    group.addTask { try await desk.run("account set support \(setting)").status }
                }
                for try await status in group { #expect(status == 0) }
            }
            let account = try await desk.json("account show support")
            #expect(account["settings"].map { Set($0.names) }?.count == 4)
            let audit = try await desk.json("audit list --action account.set")
            let details = audit.array?.flatMap { $0["details"]?.names ?? [] } ?? []
            #expect(Set(details) == ["rate", "text_limit", "retention_days", "resend_policy"] && details.count == 4)
            _ = try await desk.json("account add telegram --name shop --token-file @bot")
            _ = try await desk.json("account set shop --token-file @bot")
            let token = try await desk.json("audit list --limit 1")
            #expect(token[0]?["details"] == .object([.init("token", "changed")]))
        }
    }

    @Test("what is wrong is told with what to do, and nothing is stored")
    func refusals() async throws {
        let rows = [
            Bad("account add telegram --name a/b --token-file @bot", 2, "an account's name is 1 to 64 letters"),
            Bad(
                "account add telegrm --name a --token-file @bot", 2,
                "one of telegram, viber, vk, ok, whatsapp-infobip, "),
            Bad("account add telegram --name a --token-file /nonexistent", 2, "names the file /nonexistent"),
            Bad("account add telegram --name a --token-file -", 2, "standard input is empty"),
            Bad("account add telegram --name a --token-file @bot --set ratte=1", 2, "did you mean \"rate\"?"),
            Bad("account add telegram --name a --token-file @bot --set zzzzzz=1", 2, "there are api_url, public_url"),
            Bad("account add telegram --name a --token-file @bot --set rate=fast", 2, "\"fast\" is not a number"),
            Bad("account add telegram --name a --token-file @bot --set rate=1 --set rate=2", 2, "rate is given twice"),
            Bad("account add telegram --name a --token-file @bot --set rate", 2, "key=value"),
            Bad("account add telegram --name a --token-file @bot --set resend_policy=never", 2, "auto, resend, hold"),
            Bad("account add telegram --name a --token-file @bot --api-url ftp://x", 2, "is not a URL"),
            Bad("account add telegram --name a --token-file @bot --api-url https://u:p@x", 2, "a user or a password"),
            Bad("account add telegram --name a --token-file @bot --set text_limit=0", 2, "from 1 to 100000"),
            Bad("account add vk --name a --token-file @bot", 2, "a vk account needs group_id"),
            Bad("account add vk --name a --token-file @bot --set group_id=x", 2, "is not a whole number"),
            Bad("account add whatsapp-mfms --name a --token-file @bot", 2, "needs subject"),
            Bad("account add whatsapp-infobip --name a --token-file @bot --set sender=1", 2, "needs --api-url"),
            Bad(
                "account add whatsapp-infobip --name a --token-file @bot --api-url https://i.example", 2, "needs sender"
            ),
            Bad(
                "account add whatsapp-mfms --name a --token-file @bot --set subject=s --set webhook.header=X", 2,
                "webhook.header and webhook.header_value go together"),
            Bad(
                "account add whatsapp-mfms --name a --token-file @bot --set subject=s --set webhook.header_value=hush1",
                2,
                "webhook.header_value is a secret"),
            Bad("account add telegram --name support --token-file @bot", 7, "account support exists"),
            Bad("account set support", 2, "say what to change"),
            Bad("account set support api_url=", 2, "cannot be taken away"),
            Bad("account set none rate=1", 3, "account none does not exist"),
            Bad("account enable none", 3, "eralink account list"),
            Bad("account remove none", 3, "eralink account list"),
        ]
        try await Desk.with { desk in
            for row in rows {
                let result = try await desk.run(row.line)
                #expect(result.status == row.status, "\(row.line): \(result.stderr)")
                #expect(result.stderr.contains(row.says), "\(row.line): \(result.stderr)")
                #expect(result.stdout.isEmpty)
                #expect(result.stderr.split(separator: "\n").count == 1)
            }
            #expect(!desk.everything.contains("hush1"))
            #expect(try await desk.fixture.store.accounts().map(\.name) == ["support"])
        }
    }

    @Test("no secret is ever printed, and none lies readable in the database")
    func secrets() async throws {
        try await Desk.with { desk in
            let password = try desk.scratch.file("password", "open-sesame\n")
            let added = try await desk.run(
                "account add whatsapp-infobip --name wa --token-file @bot --api-url https://i.example --set sender=7 --set webhook.user=u --set webhook.password=@\(password)"
            )
            #expect(added.status == 0, "\(added.stderr)")
            for form in ["table", "json", "jsonl", "csv"] {
                for line in ["account list", "account show wa", "account set wa rate=3", "connector status"] {
                    #expect(try await desk.run("\(line) -o \(form)").status == 0)
                }
            }
            #expect(!desk.everything.contains("open-sesame"))
            #expect(!desk.everything.contains(Desk.botToken))
            let stored = try await desk.fixture.store.account("wa")
            #expect(!String(decoding: stored.sealedSecret, as: UTF8.self).contains("open-sesame"))
            let rows = try await desk.fixture.store.pool.query(
                "SELECT row_to_json(a)::text || coalesce((SELECT string_agg(row_to_json(t)::text, '') FROM audit t), '') FROM account a"
            )
            for row in try rows.values(String.self) {
                #expect(!row.contains("open-sesame") && !row.contains(Desk.botToken))
            }
            let key = try SecretKeyFile.read(try #require(desk.environment["ERALINK_SECRETS_KEY_FILE"]))
            let secrets = try AccountSecrets(opening: stored.sealedSecret, of: "wa", with: SecretBox(key: key))
            #expect(secrets.token.reveal() == Desk.botToken)
            #expect(secrets.settings.mapValues { $0.reveal() } == ["webhook.password": "open-sesame"])
        }
    }

    @Test("a new token replaces the old one and leaves the other secrets; one may come by standard input")
    func newToken() async throws {
        try await Desk.with { desk in
            let value = try desk.scratch.file("value", "header-secret")
            let added = try await desk.run(
                "account add whatsapp-mfms --name wa --token-file @bot --set subject=s --set webhook.header=X --set webhook.header_value=@\(value)"
            )
            #expect(added.status == 0, "\(added.stderr)")
            let file = try desk.scratch.file("new", "  new-token-1\nmore\n")
            #expect(try await desk.run("account set wa --token-file -", stdin: file).status == 0)
            let key = try SecretKeyFile.read(try #require(desk.environment["ERALINK_SECRETS_KEY_FILE"]))
            let stored = try await desk.fixture.store.account("wa")
            let secrets = try AccountSecrets(opening: stored.sealedSecret, of: "wa", with: SecretBox(key: key))
            #expect(secrets.token.reveal() == "new-token-1")
            #expect(secrets.settings["webhook.header_value"]?.reveal() == "header-secret")
            #expect(try await desk.run("account set wa webhook.header=").status == 2)
            #expect(try await desk.run("account set wa webhook.header= webhook.header_value=").status == 0)
            #expect(try await desk.run("account set wa subject=").status == 2)
        }
    }

    @Test("without the key, or with another one, nothing that needs it works: status 1 and the remedy")
    func key() async throws {
        try await Desk.with { desk in
            var other = desk
            other.environment["ERALINK_SECRETS_KEY_FILE"] = nil
            let unset = try await other.run("account add telegram --name a --token-file @bot")
            #expect(unset.status == 1)
            #expect(unset.stderr.contains("eralink key create FILE"))
            #expect(try await desk.run("account add telegram --name a --token-file @bot").status == 0)
            let path = "\(desk.scratch.path)/other.key"
            _ = try await BuiltCommand.run(["key", "create", path])
            other.environment["ERALINK_SECRETS_KEY_FILE"] = path
            let wrong = try await other.run("account check a")
            #expect(wrong.status == 1)
            #expect(wrong.stderr.contains("set secrets.key_file to the key it was stored with"))
            #expect(try await other.run("account set a rate=2").status == 0)
        }
    }

    @Test("check asks the messenger and says what it says")
    func check() async throws {
        var configuration = SimulatedTelegram.Configuration()
        configuration.rates = nil
        try await SimulatedTelegram.with(configuration: configuration) { telegram in
            _ = try telegram.createBot(token: Desk.botToken)
            try await Desk.with { desk in
                let add = "account add telegram --token-file @bot --api-url \(telegram.baseURL)"
                let added = try await desk.run("\(add) --name good")
                #expect(added.status == 0)
                #expect(added.stderr.contains("warning: api_url \(telegram.baseURL) is http"))
                let identity = try await desk.json("account check good")
                #expect(identity.names == ["account", "kind", "external_id", "name", "facts"])
                #expect(identity["external_id"] == .string("5000000001"))
                let file = try desk.scratch.file("wrong", "5000000001:BBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBB")
                #expect(try await desk.run("account set good --token-file \(file)").status == 0)
                let refused = try await desk.run("account check good")
                #expect(refused.status == 8, "\(refused.stderr)")
                #expect(!refused.stderr.contains("BBBBBB"))
                #expect(try await desk.run("account set good --api-url http://127.0.0.1:9").status == 0)
                #expect(try await desk.run("account check good").status == 6)
                #expect(try await desk.run("account add ok --name ok --token-file @bot").status == 0)
                let unsupported = try await desk.run("account check ok")
                #expect(unsupported.status == 8)
                #expect(unsupported.stderr.contains("this version has no connector for ok"))
            }
        }
    }
}

extension JSONMember {
    fileprivate init(_ name: String, _ text: String) { self.init(name, .string(text)) }
}
