import Domain
import FoundationEssentials
import JSON
import Postgres
import Sandbox
import Store
import TestSupport
import Testing

@testable import Commands

@Suite("eralink chat", .timeLimit(.minutes(5)))
struct ConsoleTests {
    /// A chat server with the chat of customer 100, and the command line of the agent anna.
    private static func with<R: Sendable>(
        _ body: @Sendable @escaping (Desk, ChatServerFixture, Interaction) async throws -> R
    ) async throws -> R {
        try await ChatServerFixture.with { fixture in
            try await ScratchDirectory.with { scratch in
                let token = try await fixture.base.token("anna", [.agent])
                let desk = Desk(
                    fixture: fixture.base, scratch: scratch,
                    environment: [
                        "ERALINK_TOKEN_FILE": try scratch.file("token", token),
                        "ERALINK_CHAT_URL": fixture.nodes[0].url, "HOME": scratch.path,
                    ])
                let profile = CustomerProfile(name: "Иван \u{1B}[31m")
                try await fixture.connector.receive([
                    .text("Здравствуйте! 👋", chat: "100", external: "1", profile: profile)
                ])
                let chat = try await fixture.base.newChat("100", text: "Вы тут?", external: "2")
                // The server may have taken the first one only.
                while try await fixture.base.messages(of: chat).count < 2 { try await fixture.base.ingestAll() }
                return try await body(desk, fixture, chat)
            }
        }
    }

    @Test("an agent accepts, is written to while typing, answers, and sees what becomes of it")
    func console() async throws {
        try await Self.with { desk, fixture, chat in
            try await TerminalCommand.with(["chat", chat.id.description], environment: desk.environment) { console in
                let screen = console.terminal
                try await screen.wait { $0.contains { $0.hasSuffix("#2 ← Вы тут?") } }
                try await screen.wait { $0.last == "Иван \\u{1B}[31m (waiting)>" }
                // Of what is written while it is nobody's no agent is told; who takes it sees it.
                try await fixture.connector.receive([.text("Есть кто?", chat: "100", external: "21")])
                while try await fixture.base.messages(of: chat).count < 3 {
                    try await fixture.base.ingestAll()
                    try await Task.sleep(for: .milliseconds(20))
                }
                screen.type("/acc\t\r")
                try await screen.wait { $0.contains { $0.hasSuffix("#3 ← Есть кто?") } }
                try await screen.wait { $0.last == "Иван \\u{1B}[31m>" }
                screen.type("Добрый ден")
                try await screen.wait { $0.last?.hasSuffix("> Добрый ден") == true }
                try await fixture.connector.receive([.text("Вы где?", chat: "100", external: "3")])
                let lines = try await screen.wait { $0.contains { $0.hasSuffix("#4 ← Вы где?") } }
                #expect(lines.last == "Иван \\u{1B}[31m> Добрый ден", "the half-typed line is below what came")
                screen.type("ь\r")
                try await screen.wait { $0.contains { $0.hasSuffix("#5 → anna: Добрый день") } }
                try await screen.wait { $0.last == "Иван \\u{1B}[31m>" }
                let proof = try await fixture.connector.lead()
                try await fixture.connector.sendAll(by: proof)
                try await screen.wait { $0.contains { $0.hasSuffix("#5 sent") } }
                screen.type("/reply 4 Здесь\r")
                try await screen.wait { $0.contains { $0.contains("#6 → anna: (answers \"Вы где?\") Здесь") } }
                try await fixture.connector.attempt(try await fixture.connector.queued(), by: proof) {
                    .of($0, $1, .settled(.failed), "refused", reason: Reason(code: "rejected", text: "no such chat"))
                }
                try await screen.wait { $0.contains { $0.hasSuffix("#6 failed: no such chat") } }
                screen.type("/retry 6\r")
                try await screen.wait { $0.contains("> /retry 6") }
                try await fixture.connector.sendAll(by: proof)
                try await screen.wait { $0.contains { $0.hasSuffix("#6 sent") } }
                screen.type("/nonsense\r")
                try await screen.wait { $0.contains("there is no /nonsense; /help lists what there is") }
                screen.type("/close solved\r")
                try await screen.wait { $0.last == "Иван \\u{1B}[31m (closed)>" }
                screen.type("\u{04}")
                #expect(await console.status() == 0)
                #expect(screen.isEchoing)
                #expect(!screen.written.contains("\u{1B}[31m>"), "a customer's name brings no colours")
            }
            let history = try String(
                contentsOf: URL(filePath: desk.scratch.path + "/.local/state/eralink/chat_history"), encoding: .utf8)
            #expect(history.contains("/retry"))
        }
    }

    @Test("Ctrl-C ends it in good order and says how to go on; the terminal is as before")
    func interrupt() async throws {
        try await Self.with { desk, _, chat in
            try await TerminalCommand.with(["chat", chat.id.description], environment: desk.environment) { console in
                try await console.terminal.wait { $0.last?.hasSuffix("(waiting)>") == true }
                console.terminal.type("half\u{03}")
                #expect(await console.status() == 130)
                try await console.terminal.wait { $0.contains("to go on from here: eralink chat \(chat.id)") }
                #expect(console.terminal.isEchoing)
            }
        }
    }

    @Test("a connection that breaks comes back by itself, and nothing is shown twice or lost")
    func reconnects() async throws {
        try await Self.with { desk, fixture, chat in
            _ = try await fixture.store.change(chat.id, version: chat.version, by: .agent("anna"), .accept)
            try await TCPRelay.with(to: fixture.nodes[0].port) { relay in
                var environment = desk.environment
                environment["ERALINK_CHAT_URL"] = "http://127.0.0.1:\(relay.port)"
                try await TerminalCommand.with(["chat", chat.id.description], environment: environment) { console in
                    try await console.terminal.wait { $0.last == "Иван \\u{1B}[31m>" }
                    relay.drop()
                    try await console.terminal.wait { $0.contains("connected again") }
                    try await fixture.connector.receive([.text("ещё", chat: "100", external: "9")])
                    let lines = try await console.terminal.wait { $0.contains { $0.hasSuffix("#3 ← ещё") } }
                    #expect(lines.count { $0.contains("#2 ←") } == 1)
                    #expect(lines.contains { $0.contains("trying again in") })
                }
            }
        }
    }

    @Test("without a terminal it reads lines and prints JSON lines, an answer to each")
    func lines() async throws {
        try await Self.with { desk, fixture, chat in
            let input = try desk.scratch.file(
                "lines", "/accept\nпервая\nиз двух\\\nстрок\n\n/reply 77 x\n/nonsense\n/history 2\n//slash")
            let result = try await desk.run("chat \(chat.id) --history 1", stdin: input)
            #expect(result.status == 9, "\(result.stderr)")
            let lines = try result.stdout.split(separator: "\n").map { try JSONValue(parsing: $0) }
            #expect(lines.first?.names == ["type", "interaction", "messages"])
            #expect(lines.first?["messages"]?.array?.count == 1)
            let answers = lines.filter { ["result", "error"].contains($0["type"]?.string ?? "") }
            #expect(answers.compactMap { $0["line"]?.int64 } == [1, 2, 3, 5, 6, 7, 8])
            #expect(answers[0]["result"]?["state"] == .string("active"))
            #expect(answers[2]["result"]?["text"]?["text"] == .string("из двух\nстрок"))
            #expect(answers[3]["error"]?["code"] == .string("not_found"))
            #expect(answers[4]["error"]?["code"] == .string("invalid_params"))
            #expect(answers[5]["result"]?.array?.count == 2)
            #expect(answers[6]["result"]?["text"]?["text"] == .string("/slash"))
        }
    }

    @Test("--account and --to take the chat with a customer, or begin one; events are told while it lingers")
    func start() async throws {
        try await Self.with { desk, fixture, _ in
            let result = try await desk.run("chat --account support --to 100 --linger 2s")
            #expect(result.status == 0, "\(result.stderr)")
            let lines = try result.stdout.split(separator: "\n").map { try JSONValue(parsing: $0) }
            #expect(lines.first?["interaction"]?["agent"] == .string("anna"))
            #expect(try await desk.run("chat --account support").status == 2)
            #expect(try await desk.run("chat").status == 2)
            #expect(try await desk.run("chat 999999").status == 3)
        }
    }

    @Test("what the event log no longer holds when a connection comes back is read from the history")
    func gap() async throws {
        try await Self.with { desk, fixture, chat in
            _ = try await fixture.store.change(chat.id, version: chat.version, by: .agent("anna"), .accept)
            try await TCPRelay.with(to: fixture.nodes[0].port) { relay in
                var environment = desk.environment
                environment["ERALINK_CHAT_URL"] = "http://127.0.0.1:\(relay.port)"
                try await TerminalCommand.with(["chat", chat.id.description], environment: environment) { console in
                    try await console.terminal.wait { $0.last == "Иван \\u{1B}[31m>" }
                    relay.cut()
                    try await fixture.connector.receive([.text("пропущено", chat: "100", external: "9")])
                    while try await fixture.base.messages(of: chat).count < 3 {
                        try await fixture.base.ingestAll()
                        try await Task.sleep(for: .milliseconds(20))
                    }
                    // As retention leaves it: another life of the log, in which the old positions mean nothing.
                    _ = try await fixture.store.pool.batch(["UPDATE log_epoch SET epoch = 'anotherlog'"])
                    relay.drop()
                    relay.mend()
                    let lines = try await console.terminal.wait { $0.contains { $0.hasSuffix("#3 ← пропущено") } }
                    #expect(lines.contains { $0.contains("no longer held what was missed") })
                    #expect(lines.count { $0.contains("#2 ←") } == 1)
                }
            }
        }
    }
}
