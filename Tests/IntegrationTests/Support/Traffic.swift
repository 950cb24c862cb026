import JSON
import Postgres
import Sandbox
import Store
import TestSupport
import Testing

/// Customers who write, and an agent who serves them all.
actor Traffic {
    struct Chat: Sendable {
        let customer: Int64
        let interaction: String
    }

    /// In every text, so that a log can be searched for any of them.
    static let mark = "Привет"

    let world: World
    let desk: Desk
    let chats: [Chat]
    private(set) var written: [Int64: [String]]

    private init(world: World, desk: Desk, chats: [Chat], written: [Int64: [String]]) {
        self.world = world
        self.desk = desk
        self.chats = chats
        self.written = written
    }

    /// Lets so many customers write their first text, and the agent accept their chats.
    static func open(_ world: World, _ desk: Desk, customers: Int) async throws -> Traffic {
        var chats: [Chat] = []
        var written: [Int64: [String]] = [:]
        for number in 1...customers {
            let customer = world.telegram.createCustomer(firstName: "Ольга \(number)").id
            let text = "\(mark), я покупатель №\(number) 👩‍👩‍👧‍👦"
            try world.telegram.write(text, from: customer)
            written[customer] = [text]
            chats.append(Chat(customer: customer, interaction: try await desk.accept(chatOf: customer)))
        }
        return Traffic(world: world, desk: desk, chats: chats, written: written)
    }

    /// In each round every customer writes once, and the agent once to each of them.
    func run(rounds: Range<Int>, every pause: Duration = .zero) async throws {
        for round in rounds {
            for chat in chats {
                try write("\(Self.mark) \(round): «где заказ?» 🧑🏽‍🚀\n\(chat.customer)", from: chat.customer)
                try await desk.send("\(Self.mark) \(round): в пути 🚚 é̂ \(chat.customer)", to: chat.interaction)
            }
            if pause > .zero { try await Task.sleep(for: pause) }
        }
    }

    func write(_ text: String, from customer: Int64) throws {
        try world.telegram.write(text, from: customer)
        written[customer, default: []].append(text)
    }

    /// Waits until as much has arrived as was put in, for at most the limit; what is missing then is lost.
    func settle(within limit: Duration = .seconds(60)) async throws {
        let deadline = ContinuousClock.now + limit
        while ContinuousClock.now < deadline {
            if try await missing() == 0 { return }
            try await Task.sleep(for: .milliseconds(50))
        }
    }

    private func missing() async throws -> Int {
        var missing = 0
        for chat in chats {
            let came = Set(await desk.texts("in", of: chat.interaction))
            let sent = Set(try world.telegram.sent(to: chat.customer).map(\.text))
            missing += (written[chat.customer] ?? []).dropFirst().count { !came.contains($0) }
            missing += (await desk.accepted[chat.interaction] ?? []).count { !sent.contains($0) }
        }
        return missing
    }

    /// Every leg of every chat. The first text came before the agent had the chat: it is in the history alone.
    func legs() async throws -> [Leg] {
        var legs: [Leg] = []
        for chat in chats {
            let written = written[chat.customer] ?? []
            let accepted = await desk.accepted[chat.interaction] ?? []
            let id = chat.interaction
            legs += [
                Leg("\(id) customer → history", put: written, got: try await desk.history("in", of: id)),
                Leg(
                    "\(id) customer → agent", put: Array(written.dropFirst()),
                    got: await desk.texts("in", of: id)),
                Leg("\(id) agent → history", put: accepted, got: try await desk.history("out", of: id)),
                Leg("\(id) agent → agent's sessions", put: accepted, got: await desk.texts("out", of: id)),
                Leg(
                    "\(id) agent → customer", put: accepted,
                    got: try world.telegram.sent(to: chat.customer).map(\.text)),
            ]
        }
        return legs
    }

    /// Every leg is clean, and the sessions of the agent were told each thing once.
    /// - Parameter violations: what Telegram may have had to refuse in this test.
    func expectClean(
        allowing violations: Set<SimulatedViolation.Kind> = [], except allowed: (Leg) -> Bool = { _ in false }
    ) async throws {
        for leg in try await legs() where !leg.isClean && !allowed(leg) { Issue.record("\(leg)") }
        #expect(await desk.doubledCursors.isEmpty)
        #expect(await desk.faults.isEmpty)
        try world.expectSilentLogs()
        try world.expectCorrectRequests(allowing: violations)
    }
}

extension World {
    /// No token, no key and no customer's or agent's text is in any log.
    func expectSilentLogs(hiding more: [String] = []) throws {
        let key = ProcessLog(path: "\(installation.directory)/eralink.key").text.split(separator: "\n").first ?? "?"
        let secret = bot.token.split(separator: ":").last ?? "?"
        for daemon in installation.all {
            let text = daemon.log.text
            for forbidden in [token, bot.token, String(secret), String(key), Traffic.mark] + more {
                #expect(!text.contains(forbidden), "the log of \(daemon.name) holds a secret or a text")
            }
        }
    }

    /// Telegram was asked nothing that it does not know, nothing before it was time, and by one poller at a time.
    func expectCorrectRequests(allowing allowed: Set<SimulatedViolation.Kind>) throws {
        for violation in telegram.violations where !allowed.contains(violation.kind) {
            Issue.record("\(violation)")
        }
    }

    /// The outcomes of the attempts at a text, in order.
    func attempts(of text: String) async throws -> [String] {
        try await store.pool.batch([
            """
            SELECT a.outcome FROM attempt a JOIN message m ON m.id = a.message_id
            WHERE m.direction = 'out' AND m.content LIKE \("%" + text.prefix(40).replacing("\n", with: "%") + "%") ORDER BY a.id
            """
        ])[0].values(String.self)
    }

    /// Whether the end of an attempt at sending the message is known to nobody.
    func isUncertain(_ message: String) async throws -> Bool {
        try await store.pool.batch([
            """
            SELECT a.outcome FROM attempt a
            WHERE a.message_id = \(Int64(message) ?? 0) AND a.action IS NULL AND a.outcome IN ('lost', 'ambiguous')
            """
        ])[0].count > 0
    }
}
