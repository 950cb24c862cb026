import ConnectorKit
import Domain
import JSON
import Sandbox
import TestSupport
import Testing

@testable import Telegram

@Suite("The connector against the simulated Telegram")
struct ConnectorTests {
    @Test("opening says who the bot is and takes a webhook away without dropping what waits")
    func open() async throws {
        try await Desk.with { desk in
            try desk.telegram.write("before", from: desk.olga)
            _ = try await desk.telegram.call("setWebhook", [("url", "https://example.org/hook")], token: Desk.token)
            #expect(try await desk.connector.open() == MessengerIdentity(externalID: "5000000001", name: "desk_bot"))
            let batch = try await desk.connector.poll(from: nil)
            #expect(batch.items.count == 1)
            #expect(desk.violations == [])
        }
    }

    @Test("a wrong token is refused, and stands in no error", arguments: ["5000000001:BBBB", "no token", "1:a/../b"])
    func wrongToken(_ token: String) async throws {
        try await Desk.with(token: token) { desk in
            let failure = await #expect(throws: ConnectorFailure.self) { try await desk.connector.open() }
            #expect(failure?.kind == .refused)
            #expect(failure?.message.contains(token) == false)
        }
    }

    @Test("a revoked token refuses the account")
    func revoked() async throws {
        try await Desk.with { desk in
            _ = try await desk.connector.open()
            try desk.telegram.revokeToken()
            let failure = await #expect(throws: ConnectorFailure.self) { try await desk.connector.poll(from: nil) }
            #expect(failure?.kind == .refused)
            guard case .accountRefused = await desk.connector.send(desk.part("a")).outcome else {
                Issue.record("the send is not refused for the account")
                return
            }
        }
    }

    @Test("a customer's texts, edits, blocks and starts come in order, and only a new position confirms them")
    func poll() async throws {
        try await Desk.with { desk in
            _ = try await desk.connector.open()
            let first = try desk.telegram.write("Привет 👩‍👩‍👧", from: desk.olga)
            try desk.telegram.edit(first.messageID, to: CustomerMessage("Здравствуйте"), from: desk.olga)
            try desk.telegram.write(.start("promo"), from: desk.olga)
            try desk.telegram.setBlocked(true, by: desk.olga)
            try desk.telegram.setBlocked(false, by: desk.olga)
            let batch = try await desk.connector.poll(from: nil)
            let message = IncomingMessage(
                externalID: String(first.messageID), content: .text(.init(text: "Привет 👩‍👩‍👧")))
            #expect(batch.items.count == 5 && batch.skipped.isEmpty)
            #expect(batch.items.first?.event == .message(message))
            #expect(batch.items.first?.profile == CustomerProfile(name: "Olga", language: "ru"))
            var edited = message
            edited.content = .text(.init(text: "Здравствуйте"))
            #expect(batch.items[1].event == .edit(edited))
            guard case .message(let start) = batch.items[2].event else {
                Issue.record("no start")
                return
            }
            #expect(start.startPayload == "promo")
            #expect(batch.items[3].event == .blocked(true) && batch.items[4].event == .blocked(false))
            // Until a later position is asked for, the same comes again, under the same keys.
            let again = try await desk.connector.poll(from: nil)
            #expect(again.items.first?.key == batch.items.first?.key)
            try desk.telegram.write("next", from: desk.olga)
            let next = try await desk.connector.poll(from: batch.position)
            #expect(next.items.count == 1 && next.position == batch.position.map { $0 + 1 })
            #expect(desk.violations == [])
        }
    }

    @Test("a waiting poll brings a message at once, and its end without one is an empty batch")
    func longPoll() async throws {
        var settings = TelegramConnector.Settings.quick
        settings.pollSeconds = 1
        try await Desk.with(settings: settings) { desk in
            #expect(try await desk.connector.poll(from: nil) == PollBatch())
            async let batch = desk.connector.poll(from: nil)
            try desk.telegram.write("now", from: desk.olga)
            #expect(try await batch.items.count == 1)
        }
    }

    @Test("hostile updates are shown or counted, and stop nothing")
    func hostile() async throws {
        try await Desk.with { desk in
            _ = try await desk.connector.open()
            let deep = String(repeating: "[", count: 200) + String(repeating: "]", count: 200)
            for members in [
                (name: "text", json: #""a\u0000b""#), (name: "text", json: #""a\ud800""#), (name: "x", json: deep),
                (name: "photo", json: "[]"),
            ] {
                try desk.telegram.write(
                    CustomerMessage(members: [(members.name, Array(members.json.utf8))]), from: desk.olga)
            }
            let group = try desk.telegram.createGroup(by: desk.olga)
            try desk.telegram.write(CustomerMessage("/hi", group: group), from: desk.olga)
            try desk.telegram.sendRaw(kind: "message", payload: Array(#"{"chat":7}"#.utf8))
            try desk.telegram.sendRaw(kind: "message", payload: Array("nonsense".utf8))
            try desk.telegram.sendRaw(kind: "message", payload: Array("{[[".utf8))
            try desk.telegram.write("after", from: desk.olga)
            try desk.telegram.write("last", from: desk.olga)
            var position: Int64?
            var items: [Inbound] = []
            var skipped = 0
            while items.count < 6 {
                let batch = try await desk.connector.poll(from: position)
                position = batch.position ?? position
                items += batch.items
                skipped += batch.skipped.values.reduce(0, +)
            }
            let kinds = items.compactMap { item -> MessageKind? in
                guard case .message(let message) = item.event else { return nil }
                return message.content.kind
            }
            #expect(kinds == [.unsupported, .unsupported, .unsupported, .unsupported, .text, .text])
            #expect(skipped >= 4)
            #expect(desk.log.text.contains("unreadable"))
        }
    }

    @Test("a text goes out, and the answer's number comes back")
    func send() async throws {
        try await Desk.with { desk in
            let written = try desk.telegram.write("?", from: desk.olga)
            let part = desk.part(
                "Ответ", keyboard: .init(style: .inline, rows: [[.init(text: "Да", kind: .callback, data: "y")]]),
                replyTo: String(written.messageID))
            let report = await desk.connector.send(part)
            let sent = try desk.telegram.sent(to: desk.olga)
            #expect(sent.count == 1 && sent.first?.text == "Ответ")
            #expect(report.outcome == .sent(externalID: String(sent.first?.messageID ?? 0)))
            #expect(report.request.hasPrefix(#"POST /sendMessage {"chat_id":7101234567,"text":"Ответ","#))
            #expect(report.response?.hasPrefix(#"200 {"ok":true,"#) == true)
            #expect(report.response?.contains("Ответ") == true)
            #expect(desk.violations == [])
        }
    }

    @Test("a reply to a message that is gone goes out without it")
    func replyToNothing() async throws {
        try await Desk.with { desk in
            guard case .sent = await desk.connector.send(desk.part("a", replyTo: "9999")).outcome else {
                Issue.record("not sent")
                return
            }
        }
    }

    @Test("a press of a button comes as a callback that answers the button's message")
    func press() async throws {
        try await Desk.with { desk in
            let part = desk.part(
                "?", keyboard: .init(style: .inline, rows: [[.init(text: "Да", kind: .callback, data: "y")]]))
            guard case .sent(let id) = await desk.connector.send(part).outcome, let number = Int(id) else {
                Issue.record("not sent")
                return
            }
            let query = try desk.telegram.press(data: "y", on: number, by: desk.olga)
            let batch = try await desk.connector.poll(from: nil)
            #expect(batch.items.first?.key == query)
            guard case .message(let message) = batch.items.first?.event else {
                Issue.record("no message")
                return
            }
            #expect(message.content == .callback(.init(id: query, data: "y")))
            #expect(message.replyTo == .init(externalID: id, preview: "?"))
        }
    }

    static let faults: [Row<SimulatedFault, (AnswerTests.Brief, sent: Int)>] = [
        Row("a 429", SimulatedFault(.tooManyRequests(retryAfter: 3)), (.throttled(.seconds(3)), sent: 0)),
        Row("a 502 of a proxy", SimulatedFault(.badGateway), (.ambiguous, sent: 0)),
        Row("a 502 after the message was taken", SimulatedFault(.badGateway, isTaken: true), (.ambiguous, sent: 1)),
        Row("an answer that breaks off", SimulatedFault(.unreadable, isTaken: true), (.ambiguous, sent: 1)),
        Row("a connection that ends", SimulatedFault(.drop, isTaken: true), (.ambiguous, sent: 1)),
        Row(
            "a 500", SimulatedFault(.failure(code: 500, text: "Internal Server Error: restart")), (.ambiguous, sent: 0)),
        Row(
            "moved",
            SimulatedFault(
                .failure(code: 400, text: "Bad Request: group chat was upgraded to a supergroup chat", migrateTo: -1009)
            ),
            (.refused("chat_not_found"), sent: 0)),
        Row("401", SimulatedFault(.failure(code: 401, text: "Unauthorized")), (.accountRefused, sent: 0)),
    ]

    @Test("what goes wrong is told as it is, and sent once at most", arguments: faults)
    func fault(_ row: Row<SimulatedFault, (AnswerTests.Brief, sent: Int)>) async throws {
        try await Desk.with { desk in
            // A kept connection: on a new one curl would not be tempted to repeat anything.
            await desk.connector.showTyping(in: String(desk.olga))
            var fault = row.given
            fault.method = "sendMessage"
            desk.telegram.add(fault)
            let report = await desk.connector.send(desk.part("a"))
            #expect(AnswerTests.Brief(report.outcome) == row.expected.0)
            let sent = try desk.telegram.sent(to: desk.olga)
            #expect(sent.count == row.expected.sent)
        }
    }

    @Test("no answer in time leaves open what became of it")
    func silence() async throws {
        var settings = TelegramConnector.Settings.quick
        settings.sendTimeout = .milliseconds(200)
        try await Desk.with(settings: settings) { desk in
            desk.telegram.add(SimulatedFault(.hang, method: "sendMessage"))
            #expect(AnswerTests.Brief(await desk.connector.send(desk.part("a")).outcome) == .ambiguous)
        }
    }

    @Test("a send that is cancelled on its way leaves open what became of it")
    func cancelledSend() async throws {
        try await Desk.with { desk in
            desk.telegram.add(SimulatedFault(.hang, method: "sendMessage", isTaken: true))
            let send = Task { await desk.connector.send(desk.part("a")) }
            try await desk.telegram.sent(to: desk.olga, atLeast: 1)
            send.cancel()
            #expect(AnswerTests.Brief(await send.value.outcome) == .ambiguous)
        }
    }

    @Test("a customer who blocked the bot, and one who never wrote, are told apart")
    func unreachable() async throws {
        try await Desk.with { desk in
            try desk.telegram.setBlocked(true, by: desk.olga)
            #expect(AnswerTests.Brief(await desk.connector.send(desk.part("a")).outcome) == .blocked)
            var stranger = desk.part("a")
            stranger.chat = "42"
            #expect(AnswerTests.Brief(await desk.connector.send(stranger).outcome) == .refused("chat_not_found"))
        }
    }

    @Test("where nothing listens, nothing was taken")
    func nobody() async throws {
        let port = try await SimulatedTelegram.with { $0.port }
        try await Desk.with(port: port) { desk in
            #expect(AnswerTests.Brief(await desk.connector.send(desk.part("a")).outcome) == .notTaken)
            let failure = await #expect(throws: ConnectorFailure.self) { try await desk.connector.open() }
            #expect(failure?.kind == .unavailable)
        }
    }

    @Test("a poll that is cancelled ends at once")
    func cancelledPoll() async throws {
        var settings = TelegramConnector.Settings.quick
        settings.pollSeconds = 50
        try await Desk.with(settings: settings) { desk in
            let poll = Task { try await desk.connector.poll(from: nil) }
            try await desk.telegram.wait(for: .polling)
            let started = ContinuousClock.now
            poll.cancel()
            await #expect(throws: ConnectorFailure.self) { try await poll.value }
            #expect(ContinuousClock.now - started < .seconds(40))
        }
    }

    static let pollFaults: [Row<SimulatedFault, ConnectorFailure.Kind>] = [
        Row("a 502 of a proxy", SimulatedFault(.badGateway), .unavailable),
        Row("an answer that breaks off", SimulatedFault(.unreadable), .unavailable),
        Row("a connection that ends", SimulatedFault(.drop, times: 9), .unavailable),
        Row("a 429", SimulatedFault(.tooManyRequests(retryAfter: 2)), .throttled(.seconds(2))),
        Row("a 500", SimulatedFault(.failure(code: 500, text: "Internal Server Error: restart")), .unavailable),
        Row(
            "a 409", SimulatedFault(.failure(code: 409, text: "Conflict: terminated by other getUpdates request")),
            .conflict),
    ]

    @Test("a poll that fails loses nothing", arguments: pollFaults)
    func pollFault(_ row: Row<SimulatedFault, ConnectorFailure.Kind>) async throws {
        try await Desk.with { desk in
            try desk.telegram.write("a", from: desk.olga)
            var fault = row.given
            fault.method = "getUpdates"
            desk.telegram.add(fault)
            let failure = await #expect(throws: ConnectorFailure.self) { try await desk.connector.poll(from: nil) }
            #expect(failure?.kind == row.expected)
            desk.telegram.clearFaults()
            let again = try? await desk.connector.poll(from: nil)
            guard case .throttled = row.expected else {
                #expect(again?.items.count == 1)
                return
            }
        }
    }

    @Test("a second poller is a conflict")
    func conflict() async throws {
        var settings = TelegramConnector.Settings.quick
        settings.pollSeconds = 50
        try await Desk.with(settings: settings) { desk in
            let poll = Task { try await desk.connector.poll(from: nil) }
            try await desk.telegram.wait(for: .polling)
            _ = try? await desk.telegram.call("getUpdates", [("timeout", "1")], token: Desk.token)
            let failure = await #expect(throws: ConnectorFailure.self) { try await poll.value }
            #expect(failure?.kind == .conflict)
        }
    }

    @Test("an agent's typing is shown")
    func typing() async throws {
        try await Desk.with { desk in
            await desk.connector.showTyping(in: String(desk.olga))
            let actions = try desk.telegram.actions()
            #expect(actions.count == 1 && actions.first?.chat == desk.olga && actions.first?.action == "typing")
        }
    }

    @Test("neither token nor text stands in a log, and no token in a report")
    func secrets() async throws {
        try await Desk.with { desk in
            _ = try await desk.connector.open()
            try desk.telegram.write("a secret text", from: desk.olga)
            _ = try await desk.connector.poll(from: nil)
            desk.telegram.add(
                SimulatedFault(
                    .failure(code: 400, text: "Bad Request: /bot\(Desk.token)/sendMessage"), method: "sendMessage"))
            let report = await desk.connector.send(desk.part("another text"))
            #expect(!"\(report)".contains(Desk.token) && !"\(report)".contains("AAAAAAAAAA"))
            #expect(!desk.log.text.contains("text") && !desk.log.text.contains("AAAAAAAAAA"))
        }
    }
}
