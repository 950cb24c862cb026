import AgentClient
import AgentProtocol
import ChatServer
import Domain
import FoundationEssentials
import Glibc
import JSON
import Store
import TestSupport
import Testing

@testable import Commands

@Suite("send, tail and interactions", .timeLimit(.minutes(5)))
struct ChatCommandTests {
    /// A chat server with a supervisor's command line at it.
    private static func with<R: Sendable>(
        _ body: @Sendable @escaping (Desk, ChatServerFixture) async throws -> R
    ) async throws -> R {
        try await ChatServerFixture.with { chat in
            try await ScratchDirectory.with { scratch in
                let desk = Desk(
                    fixture: chat.base, scratch: scratch, environment: ["ERALINK_DATABASE_URL": chat.base.database.url])
                return try await body(try await desk.at(chat: chat.nodes[0].url), chat)
            }
        }
    }

    /// Sends what waits, until the test is over.
    private static func sending<R: Sendable>(
        _ chat: ChatServerFixture, fails: Bool = false, _ body: @Sendable () async throws -> R
    ) async throws -> R {
        let proof = try await chat.connector.lead()
        let connector = chat.connector
        let running = Task {
            while !Task.isCancelled {
                let parts = try await connector.queued()
                try await connector.attempt(parts, by: proof) { part, claim in
                    guard fails else { return .sent(part, claim, external: "x\(part.id)") }
                    return .of(
                        part, claim, .settled(.failed), "refused",
                        reason: Reason(code: "rejected", text: "no such chat"))
                }
                try await Task.sleep(for: .milliseconds(20))
            }
        }
        let result: Result<R, any Error>
        do { result = .success(try await body()) } catch { result = .failure(error) }
        running.cancel()
        _ = await running.result
        return try result.get()
    }

    @Test("send accepts, waits until it is sent, and sends once under one msg_id")
    func send() async throws {
        try await Self.with { desk, chat in
            let accepted = try await desk.json("send --account support --to 55 hi")
            #expect(accepted.names == ["message", "interaction", "state"])
            #expect(accepted["state"] == .string("accepted"))
            try await Self.sending(chat) {
                let sent = try await desk.json(
                    "send --account support --to 55 --wait sent --timeout 60s --msg-id k1 there")
                #expect(sent["state"] == .string("sent"))
                let again = try await desk.json(
                    "send --account support --to 55 --wait sent --timeout 60s --msg-id k1 there")
                #expect(again["message"] == sent["message"])
                #expect(try await desk.run("send --account support --to 55 --msg-id k1 other").status == 7)
                let file = try desk.scratch.file("text", "from\nstdin\n")
                let read = try await desk.run("send --account support --to 55 - -q", stdin: file)
                #expect(read.status == 0)
                let id = try #require(MessageID(text: read.stdout.dropLast()))
                let interaction = try await chat.store.interactionOfMessage(id, for: .supervisor("x"))
                let page = try await chat.store.messages(
                    of: interaction, .after(seq: 0), limit: 9, for: .supervisor("x"))
                #expect(
                    page.items.last.map { String(decoding: $0.content, as: UTF8.self) } == #"{"text":"from\nstdin"}"#)
            }
        }
    }

    @Test("a reply goes into the open chat; without one it is refused")
    func reply() async throws {
        try await Self.with { desk, chat in
            let boss = try await chat.agent("watcher")
            try await chat.connector.receive([.text("hello", chat: "100", external: "1")])
            let event = try await boss.next("interaction.created")
            let interaction = try #require(event.interaction)
            let page = try await boss.request("messages.list", .params(["interaction": .string(interaction)]))
            let message = try #require(page["items"]?[0]?["id"]?.string)
            await boss.close()
            let sent = try await desk.json("send --account support --to 100 --reply-to \(message) yes")
            #expect(sent["interaction"] == .string(interaction))
            #expect(try await desk.run("send --account support --to 101 --reply-to \(message) yes").status == 3)
        }
    }

    @Test("ends of a wait: never reported 8 at once, failed 8, time over 124, the server's refusals by their code")
    func waits() async throws {
        try await Self.with { desk, chat in
            let never = try await desk.run("send --account support --to 55 --wait delivered hi")
            #expect(never.status == 8 && never.stdout.isEmpty)
            #expect(never.stderr.contains("does not report when a message is delivered"))
            let late = try await desk.run("send --account support --to 55 --wait sent --timeout 8s -o json hi")
            #expect(late.status == 124)
            #expect(try JSONValue(parsing: late.stdout)["state"] == .string("accepted"))
            #expect(late.stderr.contains("--msg-id"))
            try await Self.sending(chat, fails: true) {
                let failed = try await desk.run("send --account support --to 56 --wait sent --timeout 60s -o json hi")
                #expect(failed.status == 8)
                #expect(try JSONValue(parsing: failed.stdout)["state"] == .string("failed"))
                #expect(failed.stderr.contains("no such chat"))
            }
            #expect(try await desk.run("send --account none --to 55 hi").status == 3)
            #expect(try await desk.run("send --account support --to 55").status == 2)
            #expect(try await desk.run("send --account support --to 55 --wait soon hi").status == 2)
            #expect(try await desk.run("send --account support --to +79990001122 hi").status == 8)
        }
    }

    @Test("tail shows what was there and ends, as the events are, and escapes what a customer wrote")
    func tail() async throws {
        try await Self.with { desk, chat in
            let watcher = try await chat.agent("watcher", [.supervisor])
            try await chat.connector.receive([.text("evil \u{1B}[2J\u{202E} text", chat: "100", external: "1")])
            _ = try await watcher.next("interaction.created")
            let lines = try await desk.run("tail --since 10m --once -o jsonl")
            #expect(lines.status == 0, "\(lines.stderr)")
            let events = try lines.stdout.split(separator: "\n").map { try JSONValue(parsing: $0) }
            let created = try #require(events.first { $0["type"] == .string("message.created") })
            #expect(created.names == ["cursor", "type", "at", "interaction", "data"])
            #expect(events.last?["type"] == .string("live"))
            let table = try await desk.run("tail --since 10m --once")
            #expect(table.stdout.contains("← evil \\u{1B}[2J\\u{202E} text"))
            #expect(table.stdout.unicodeScalars.allSatisfy { $0 == "\n" || $0.value >= 0x20 && $0.value != 0x202E })
            #expect(try await desk.run("tail --since 10m --once --raw").stdout.contains("\u{1B}[2J"))
            let cursor = try #require(created["cursor"]?.string)
            let rest = try await desk.run("tail --since \(cursor) --once -o jsonl")
            #expect(!rest.stdout.contains("\"type\":\"message.created\""))
            let other = try await desk.run("tail --since 10m --once --interaction 1234567 -o jsonl")
            #expect(other.status == 3)
            let gap = try await desk.run("tail --since zzz-5 --once -o jsonl")
            let first = try JSONValue(parsing: try #require(gap.stdout.split(separator: "\n").first))
            #expect(first.names == ["type", "from", "to"])
            #expect(first["type"] == .string("gap") && first["from"] == .string("zzz-5"))
            #expect(try await desk.run("tail --since soon").status == 2)
            let closed = try await desk.run("tail --since 10m --once", stdout: .closedPipe)
            #expect(closed == BuiltCommand.Result(status: 141, stdout: "", stderr: ""))
            let agent = try await desk.at(chat: chat.nodes[0].url, scopes: [.agent])
            #expect(try await agent.run("tail --once").status == 4)
            await watcher.close()
        }
    }

    @Test("tail shows the accounts that were named and not the token's own chats of others, and whom a chat is with")
    func tailScope() async throws {
        try await Self.with { desk, chat in
            _ = try await chat.base.store.addAccount(.named("other"), by: "test")
            #expect(try await desk.run("send --account support --to 55 mine").status == 0)
            #expect(try await desk.run("tail --since 10m --once --account support").stdout.contains("mine"))
            #expect(try await desk.run("tail --since 10m --once --account other").stdout == "")
            // The log from behind the chat's own events: who it is with is asked.
            let events = try await desk.run("tail --since 10m --once -o jsonl").stdout.split(separator: "\n")
                .map { try JSONValue(parsing: $0) }
            let created = try #require(events.first { $0["type"] == .string("message.created") }?["cursor"]?.string)
            let before = try #require(Cursor(text: created).map { Cursor(epoch: $0.epoch, position: $0.position - 1) })
            let line = try await desk.run("tail --since \(before) --once").stdout
            #expect(line.contains("55 → boss"), "\(line)")
        }
    }

    @Test("tail without filters takes in accounts that come while it runs, and goes on where one was removed")
    func tailNewAccounts() async throws {
        try await Self.with { desk, chat in
            let path = try desk.scratch.file("tail.jsonl", "")
            let (started, start) = AsyncStream.makeStream(of: pid_t.self)
            let environment = desk.environment
            async let tail = BuiltCommand.run(
                ["tail", "-o", "jsonl"], environment: environment, stdout: .file(path), onStart: { start.yield($0) })
            let child = try #require(await started.first { _ in true })
            func shows(_ text: String) async throws {
                let clock = ContinuousClock()
                let end = clock.now + .seconds(60)
                while !(try String(contentsOfFile: path, encoding: .utf8)).contains(text) {
                    guard clock.now < end else { throw BuiltCommand.Failure(what: "tail does not show \(text)") }
                    try await Task.sleep(for: .milliseconds(20))
                }
            }
            do {
                try await shows("\"live\"")
                let late = try await chat.base.store.addAccount(.named("late"), by: "test")
                let connector = StandInConnector(store: chat.base.store, account: late)
                try await connector.receive([.text("first of a new account", chat: "7", external: "1")])
                try await shows("first of a new account")
                var removal = AccountChange()
                removal.removed = true
                _ = try await chat.base.store.changeAccount("late", removal, action: "account.remove", by: "test")
                let last = try await chat.base.store.addAccount(.named("last"), by: "test")
                try await StandInConnector(store: chat.base.store, account: last).receive([
                    .text("after a removal", chat: "7", external: "1")
                ])
                try await shows("after a removal")
            } catch {
                kill(child, SIGKILL)
                let result = try await tail
                Issue.record("\(error): \(result.stderr)")
                return
            }
            kill(child, SIGINT)
            #expect(try await tail.status == 130)
            let shown = try String(contentsOfFile: path, encoding: .utf8)
            #expect(shown.split(separator: "\n").filter { $0.contains("first of a new account") }.count == 1)
        }
    }

    @Test("interactions are listed and shown by the loader, closed and released by the chat server")
    func interactions() async throws {
        try await Self.with { desk, chat in
            try await LoaderServer.with(chat.store) { loader in
                let desk = try await desk.at(
                    chat: chat.nodes[0].url, loader: loader.url, scopes: [.agent, .supervisor, .bot])
                let watcher = try await chat.agent("watcher")
                try await chat.connector.receive((1...3).map { .text("m\($0)", chat: "10\($0)", external: "1") })
                for _ in 1...3 { _ = try await watcher.next("interaction.created") }
                let page = try await desk.run("interactions list --from 1h --limit 2 -o json")
                #expect(try JSONValue(parsing: page.stdout).array?.count == 2)
                #expect(page.stderr.contains("--page"))
                let all = try await desk.json("interactions list --from 1h --limit 2 --all")
                #expect(all.array?.count == 3)
                #expect(try await desk.run("interactions list --from 1h --query nobody -q").stdout.isEmpty)
                let id = try #require(all[0]?["id"]?.string)
                let shown = try await desk.json("interactions show \(id)")
                #expect(shown.names == ["interaction", "messages"])
                #expect(shown["messages"]?.array?.count == 1)
                _ = try await watcher.request(
                    "interaction.accept", .params(["interaction": .string(id), "version": .integer(1)]))
                #expect(try await desk.json("interactions release \(id)")["state"] == .string("waiting"))
                #expect(try await desk.json("interactions close \(id) --note bye")["state"] == .string("closed"))
                #expect(try await desk.run("interactions close \(id)").status == 7)
                #expect(try await desk.run("interactions show 999999").status == 3)
                #expect(try await desk.run("interactions show ../x").status == 3)
                #expect(try await desk.run("interactions list --from 1x").status == 2)
                await watcher.close()
            }
        }
    }

    @Test("a server that is not there, no token, a wrong token")
    func unreachable() async throws {
        try await ScratchDirectory.with { scratch in
            let file = try scratch.file("token", "some-token\n")
            var environment = [
                "ERALINK_CHAT_URL": "http://127.0.0.1:9", "ERALINK_LOADER_URL": "http://127.0.0.1:9",
                "ERALINK_TOKEN_FILE": file,
            ]
            let lines = [["send", "--account", "a", "--to", "1", "hi"], ["tail"], ["interactions", "close", "1"]]
            for line in lines {
                let result = try await BuiltCommand.run(line, environment: environment)
                #expect(result.status == 6, "\(line)")
                #expect(
                    result.stderr
                        == "eralink: chat server is not running at 127.0.0.1:9; start it with \"eralink serve chat\"\n")
            }
            let loader = try await BuiltCommand.run(["interactions", "show", "1"], environment: environment)
            #expect(loader.status == 6)
            #expect(
                loader.stderr
                    == "eralink: loader is not running at 127.0.0.1:9; start it with \"eralink serve loader\"\n")
            environment["ERALINK_TOKEN_FILE"] = nil
            for line in lines {
                let result = try await BuiltCommand.run(line, environment: environment)
                #expect(result.status == 2)
                #expect(result.stderr.contains("token_file is not set"))
            }
        }
        try await Self.with { desk, _ in
            var desk = desk
            desk.environment["ERALINK_TOKEN_FILE"] = try desk.scratch.file("wrong", "wrong-token")
            let result = try await desk.run("send --account support --to 1 hi")
            #expect(result.status == 4, "\(result.stderr)")
            #expect(!result.stderr.contains("wrong-token"))
        }
    }
}
