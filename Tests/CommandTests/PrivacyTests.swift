import Domain
import FoundationEssentials
import Glibc
import JSON
import Postgres
import Store
import TestSupport
import Testing

@testable import Commands

@Suite("customer, audit and retention", .timeLimit(.minutes(5)))
struct PrivacyTests {
    @Test("who did it: by the shell's variables, else the process's user as the system lists it")
    func operatorName() throws {
        let context = { (environment: [String: String]) in
            let nowhere = OutputStream(capacity: 0) { _ in }
            return CommandContext(
                output: Output(standardOutput: nowhere, standardError: nowhere),
                input: CommandInput(isTerminal: false) { _ in [] }, environment: environment)
        }
        #expect(context(["USER": "", "LOGNAME": "olga"]).operatorName == "cli:olga")
        #expect(context(["USER": "root", "SUDO_USER": "olga"]).operatorName == "cli:olga")
        let users = try String(contentsOfFile: "/etc/passwd", encoding: .utf8).split(separator: "\n")
        let name = users.map { $0.split(separator: ":", omittingEmptySubsequences: false) }
            .first { $0.count > 2 && $0[2] == "\(geteuid())" }?.first
        #expect(context([:]).operatorName == "cli:\(try #require(name))")
    }

    /// Everything that is in the database, as text.
    private static func everything(_ fixture: StoreFixture) async throws -> String {
        let tables = try await fixture.store.pool.batch([
            "SELECT tablename::text FROM pg_tables WHERE schemaname = 'public' ORDER BY 1"
        ])[0].map { row in try row.value(at: 0, as: String.self) }
        var text = ""
        for table in tables {
            let rows = try await fixture.store.pool.batch([
                PostgresQuery(unescaped: "SELECT t::text FROM \"\(table)\" t")
            ])[0]
            for row in rows { text += "\(table): \(try row.value(at: 0, as: String.self))\n" }
        }
        return text
    }

    private static let profile = CustomerProfile(name: "Ольга Секретова", username: "olga_s", phone: "+79995550077")

    /// A chat of the customer 100 with everything that Eralink keeps; another of 101.
    private static func prepare(_ desk: Desk) async throws -> (chat: Interaction, other: Interaction) {
        let fixture = desk.fixture
        let file = IncomingFile(source: "tg-file-olga", name: "olga.jpg", mime: "image/jpeg", size: 10)
        try await fixture.connector.receive([
            .text("мой адрес секретный", chat: "100200", external: "11", profile: profile),
            Inbound(
                key: "f1", chat: "100200", providerAt: .now,
                event: .message(
                    IncomingMessage(
                        externalID: "12", content: .media(.image, MediaContent(file: .unassigned)), file: file))),
        ])
        let anna = Actor.agent("anna")
        let chat = try await fixture.chat(of: anna, "100200")
        _ = try await fixture.send([.text("ответ секретовой", to: chat.id, as: anna, msgID: "k1")])
        let proof = try await fixture.connector.lead()
        try await fixture.connector.attempt(try await fixture.connector.queued(), by: proof) { part, claim in
            var record = AttemptRecord.sent(part, claim, external: "77")
            record.request = "POST /sendMessage ответ секретовой"
            return record
        }
        try await fixture.ingestAll()
        // Still waiting: in the outbox and in the inbox.
        _ = try await fixture.send([.text("второй ответ секретовой", to: chat.id, as: anna, msgID: "k2")])
        let other = try await fixture.newChat("101", text: "я другой", external: "1")
        return (try await fixture.store.interaction(chat.id, for: anna), other)
    }

    @Test("erasure leaves nothing of a customer anywhere, everything of the others, and a receipt")
    func erase() async throws {
        try await Desk.with { desk in
            let (chat, other) = try await Self.prepare(desk)
            let id = chat.customer.id
            let shown = try await desk.json("customer show \(id)")
            #expect(shown["customer"]?["phone"] == .string("+79995550077"))
            #expect(shown["messages"] == .number(5), "\(shown)")
            #expect(shown["files"] == .number(1) && shown["queued"] == .number(1))
            let byPhone = try await desk.json("customer show --account support --to +79995550077")
            #expect(byPhone["customer"]?["id"] == .string(id.description))

            let asked = try await desk.run("customer erase \(id)")
            #expect(asked.status == 2 && asked.stderr.contains("5 messages") && asked.stderr.contains("--yes"))
            let open = try await desk.run("customer erase \(id) --yes")
            #expect(open.status == 7 && open.stderr.contains("eralink interactions close \(chat.id)"))
            let before = try await Self.everything(desk.fixture)
            #expect(before.contains("message.created"), "a refusal removes nothing")
            for word in ["Секретова", "секретный", "ответ секретовой", "tg-file-olga", "+79995550077", "100200"] {
                #expect(before.contains(word), "\(word) was there")
            }

            let receipt = try await desk.json("customer erase \(id) --yes --close")
            let removed = try #require(receipt["removed"])
            #expect(removed["messages"]?.int64 == 6 || removed["messages"]?.int64 == 5, "\(receipt)")
            for (what, least) in [("events", 8), ("chats", 1), ("files", 1), ("customer", 1), ("attempts", 1)] {
                #expect((removed[what]?.int64 ?? 0) >= least, "\(what): \(receipt)")
            }
            #expect((removed["outgoing_queue"]?.int64 ?? 0) + (removed["incoming_queue"]?.int64 ?? 0) >= 1)
            let after = try await Self.everything(desk.fixture)
            for line in after.split(separator: "\n") where !line.hasPrefix("seen: ") {
                for word in [
                    "екретов", "секретный", "tg-file-olga", "olga_s", "9995550077", "100200", "olga.jpg",
                ] {
                    #expect(!line.contains(word), "\(word) is left in \(line)")
                }
            }
            #expect(after.contains("я другой"))
            #expect(try await desk.fixture.messages(of: other).count == 1)
            #expect(try await desk.run("customer show \(id)").status == 3)
            #expect(try await desk.run("customer erase \(id) --yes").status == 3)
            let audit = try await desk.json("audit list --action customer")
            #expect(audit[0]?["action"] == .string("customer.erase"))
            #expect(audit[0]?["subject"] == .string(id.description) && audit[0]?["actor"] == .string("cli:tester"))
            #expect(audit[0]?["details"]?["messages"]?.string == removed["messages"]?.number?.text)
            // The customer may come back, as somebody new.
            let back = try await desk.fixture.newChat("100200", text: "снова я", external: "55")
            #expect(back.customer.id != id && back.customer.name == nil)
        }
    }

    @Test("every table that can hold something of a customer is one that erasure knows")
    func coverage() async throws {
        try await Desk.with { desk in
            let rows = try await desk.fixture.store.pool.batch([
                """
                SELECT DISTINCT c.table_name::text FROM information_schema.columns c
                JOIN pg_class t ON t.relname = c.table_name AND NOT t.relispartition
                WHERE c.table_schema = 'public' AND (c.column_name IN
                    ('customer_id', 'chat', 'message_id', 'interaction_id', 'file_id', 'external_id', 'address', 'phone'))
                ORDER BY 1
                """
            ])[0]
            let tables = try rows.map { row in try row.value(at: 0, as: String.self) }
            let known: Set = [
                "action", "attempt", "customer", "customer_phone", "event", "file", "file_chunk", "inbox",
                "interaction",
                "message", "message_part", "msg_key", "outbox", "part_external", "typing",
            ]
            #expect(Set(tables).subtracting(known).isEmpty, "Store.erase must learn of these tables")
        }
    }

    @Test("retention removes what is older than the account keeps, and what is younger stays")
    func retention() async throws {
        try await Desk.with { desk in
            let (chat, other) = try await Self.prepare(desk)
            let fixture = desk.fixture
            _ = try await fixture.store.change(
                chat.id, version: chat.version, by: .agent("anna"), .close(note: nil))
            // A year ago, as their ids say too.
            _ = try await fixture.store.pool.batch([
                """
                UPDATE message SET at = at - interval '400 days',
                    id = message_id_at(at - interval '400 days') | (id & 1048575) WHERE interaction_id = \(chat.id)
                """,
                "UPDATE interaction SET closed_at = closed_at - interval '400 days' WHERE id = \(chat.id)",
                """
                UPDATE file SET created_at = created_at - interval '400 days', state = 'ready'
                WHERE account_id = \(fixture.account.id)
                """,
                "INSERT INTO seen (account_id, key, at) VALUES (\(fixture.account.id), 'old', now() - interval '31 days')",
            ])
            let kept = try await desk.json("db retention --dry-run")
            #expect(
                kept.array?.contains { $0["account"] == .string("support") } == false, "no retention_days, no removal")
            #expect(try await desk.run("account set support retention_days=365").status == 0)
            func rows(_ answer: JSONValue, _ what: String) -> Int64? {
                answer.array?.first { $0["what"] == .string(what) }?["rows"]?.int64
            }
            let planned = try await desk.json("db retention --dry-run")
            let count = try #require(rows(planned, "messages"))
            #expect(count >= 5 && rows(planned, "chats") == 1 && rows(planned, "seen") == 1)
            let done = try await desk.json("db retention")
            #expect(rows(done, "messages") == count && rows(done, "chats") == 1 && rows(done, "seen") == 1)
            #expect(rows(done, "files") == 1)
            #expect(try await fixture.messages(of: other).count == 1)
            let again = try await desk.json("db retention")
            #expect(rows(again, "messages") == 0 && rows(again, "files") == 0)
        }
    }

    @Test("the audit trail is listed newest first, and by what is asked for")
    func audit() async throws {
        try await Desk.with { desk in
            for number in 1...3 { _ = try await desk.run("token create --name n\(number) --scope agent") }
            _ = try await desk.run("token revoke n1")
            let all = try await desk.json("audit list --all")
            #expect(all.array?.first?["action"] == .string("token.revoke"))
            #expect(all.array?.first?.names == ["id", "at", "actor", "action", "subject", "details"])
            #expect(try await desk.json("audit list --action token.create").array?.count == 3)
            #expect(try await desk.json("audit list --action token").array?.count == 4)
            #expect(try await desk.json("audit list --subject n1").array?.count == 2)
            #expect(try await desk.json("audit list --actor nobody").array?.isEmpty == true)
            #expect(try await desk.json("audit list --since 1h --until 30m").array?.isEmpty == true)
            let two = try await desk.run("audit list --limit 2 -q")
            #expect(two.stdout.split(separator: "\n").count == 2)
            #expect(try await desk.run("audit list --since soon").status == 2)
        }
    }
}
