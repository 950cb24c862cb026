import Domain
import JSON
import Sandbox
import TestSupport
import Testing

/// An agent who sends texts too long for one message, and changes or deletes what it has sent; and the account of what must have
/// come of all that at last.
actor Revisions {
    private struct Item {
        let message: String
        /// Short, for the report.
        let name: String
        /// Of each part what it said, from first to last.
        var parts: [[String]]
        var isDeleted = false

        func name(of part: Int) -> String { parts.count == 1 ? name : "\(name) part \(part + 1)" }
    }

    private let traffic: Traffic
    /// By which the account's texts are cut.
    private let cutter: TextCutter
    private var items: [String: [Item]] = [:]
    private var edits = 0
    private var deletions = 0
    private var longTexts = 0

    private init(traffic: Traffic, cutter: TextCutter) {
        self.traffic = traffic
        self.cutter = cutter
    }

    /// With chats of its own.
    static func open(_ world: World, _ desk: Desk) async throws -> Revisions {
        let channel = try await desk.request("capabilities.get", ["account": .string("support")])
        let limit = try #require(channel["accounts"]?.array?.first?["text"]?["max"]?.int64)
        return Revisions(
            traffic: try await Traffic.open(world, desk, customers: 3),
            cutter: TextCutter(limit: Int(limit), unit: .utf16))
    }

    var summary: String { "\(longTexts) texts of three parts, \(edits) edits, \(deletions) deletions" }

    func run(while isOn: @escaping @Sendable () -> Bool) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for chat in traffic.chats {
                group.addTask {
                    var round = 0
                    while isOn() {
                        round += 1
                        try await self.play(round, in: chat.interaction)
                        try await Task.sleep(for: .milliseconds(100))
                    }
                }
            }
            try await group.waitForAll()
        }
    }

    /// Something new in each round, and a change of what is there from earlier ones.
    private func play(_ round: Int, in chat: String) async throws {
        if round % 4 == 0 {
            try await sendLong(round, to: chat)
        } else {
            let text = "\(Traffic.mark) правка \(round) 👨‍👩‍👧 \(chat), вариант"
            let id = try await traffic.desk.send("\(text) 0", to: chat)
            items[chat, default: []].append(Item(message: id, name: "text \(round)", parts: [["\(text) 0"]]))
            // While it waits, is on its way, or just there.
            for number in 1...(1 + round % 3) { try await edit(text, number, at: items(of: chat) - 1, of: chat) }
        }
        let older = items(of: chat) - 4
        guard older >= 0 else { return }
        if round % 5 == 0 {
            try await delete(older, of: chat)
        } else {
            try await edit("\(Traffic.mark) позже \(round) \(chat), вариант", 9, at: older, of: chat)
        }
    }

    private func items(of chat: String) -> Int { items[chat]?.count ?? 0 }

    private func sendLong(_ round: Int, to chat: String) async throws {
        let text = (1...560).map { "\(Traffic.mark) \(round)/\($0) 🚚." }.joined(separator: " ")
        let parts = TextContent(text: text).pieces(cutter)
        let id = try await traffic.desk.send(text, to: chat, adapt: "fallback")
        items[chat, default: []].append(
            Item(message: id, name: "long text \(round)", parts: parts.map { [$0.text.trimmed] }))
        longTexts += 1
    }

    private func edit(_ text: String, _ number: Int, at place: Int, of chat: String) async throws {
        guard let item = items[chat]?[place], item.parts.count == 1, !item.isDeleted else { return }
        let new = "\(text) \(number)"
        let change: KeyValuePairs<String, JSONValue> = [
            "message": .string(item.message), "text": .object([JSONMember("text", .string(new))]),
        ]
        guard try await isTaken("message.edit", change) else { return }
        items[chat]?[place].parts[0].append(new)
        edits += 1
    }

    private func delete(_ place: Int, of chat: String) async throws {
        guard let item = items[chat]?[place], !item.isDeleted else { return }
        guard try await isTaken("message.delete", ["message": .string(item.message)]) else { return }
        items[chat]?[place].isDeleted = true
        deletions += 1
    }

    /// False where the message was being sent all the time.
    private func isTaken(_ method: String, _ params: KeyValuePairs<String, JSONValue>) async throws -> Bool {
        let limit = ContinuousClock.now + .seconds(2)
        while ContinuousClock.now < limit {
            do {
                try await traffic.desk.request(method, params)
                return true
            } catch let error as EralinkError where error.code == .conflict {
                try await Task.sleep(for: .milliseconds(30))
            }
        }
        return false
    }

    // MARK: what came of it

    struct Outcome: Sendable {
        /// Of each chat: every part reached its customer, once, in order. Parts are named by what they said first.
        var legs: [Leg] = []
        /// Changes that the customer or the history does not show.
        var undone: [String] = []
        /// Messages of which a part is there twice.
        var doubled: [String] = []

        var isSettled: Bool { undone.isEmpty && legs.allSatisfy { $0.lost.isEmpty } }
    }

    /// Waits until everything has been done, for at most the limit.
    func settle(within limit: Duration) async throws -> Outcome {
        let deadline = ContinuousClock.now + limit
        while true {
            let outcome = try await outcome()
            if outcome.isSettled || ContinuousClock.now >= deadline { return outcome }
            try await Task.sleep(for: .milliseconds(500))
        }
    }

    private func outcome() async throws -> Outcome {
        var outcome = Outcome()
        for chat in traffic.chats {
            let items = items[chat.interaction] ?? []
            let got = try traffic.world.telegram.sent(to: chat.customer)
            var names: [String: String] = [:]
            for item in items {
                for (part, versions) in item.parts.enumerated() {
                    for version in versions { names[version] = item.name(of: part) }
                }
            }
            let came = got.map { names[$0.text] ?? "\($0.text.prefix(50))… of \($0.text.utf16.count)" }
            var put: [String] = []
            for item in items {
                for (part, versions) in item.parts.enumerated() {
                    let copies = zip(got, came).filter { $0.1 == item.name(of: part) }.map(\.0)
                    // Deleted while it waited still.
                    if item.isDeleted && copies.isEmpty { continue }
                    put.append(item.name(of: part))
                    if copies.count > 1 { outcome.doubled.append(item.message) }
                    let isDone = copies.contains {
                        item.isDeleted ? $0.isDeleted : !$0.isDeleted && $0.text == versions.last
                    }
                    if !isDone && !copies.isEmpty {
                        outcome.undone.append(
                            "the customer has of \(item.name): \(copies.map { $0.isDeleted ? "nothing" : "\($0.text.suffix(20))" }), not \(item.isDeleted ? "nothing" : "\(versions.last?.suffix(20) ?? "")")"
                        )
                    }
                }
            }
            outcome.legs.append(Leg("\(chat.interaction) changed texts → customer", put: put, got: came))
            try await outcome.undone += historyOf(chat.interaction, items)
        }
        return outcome
    }

    private func historyOf(_ chat: String, _ items: [Item]) async throws -> [String] {
        let messages = try await traffic.desk.messages("out", of: chat)
        let byID = Dictionary(messages.map { ($0["id"]?.string ?? "", $0) }, uniquingKeysWith: { first, _ in first })
        return items.compactMap { item in
            let message = byID[item.message]
            let isDeleted = message?["deleted_at"]?.string != nil
            let isTrue =
                isDeleted == item.isDeleted
                && (item.isDeleted || item.parts.count > 1 || message?["text"]?["text"]?.string == item.parts[0].last)
            return isTrue
                ? nil
                : "the history has of \(item.name): \(message?["text"]?["text"]?.string?.suffix(20) ?? "nothing"), deleted \(isDeleted)"
        }
    }
}

extension String {
    /// As Telegram keeps a text.
    fileprivate var trimmed: String {
        var text = Substring(self)
        while text.first?.isWhitespace == true { text.removeFirst() }
        while text.last?.isWhitespace == true { text.removeLast() }
        return String(text)
    }
}
