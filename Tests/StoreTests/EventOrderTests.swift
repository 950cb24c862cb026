import AgentProtocol
import Domain
import Postgres
import TestSupport
import Testing

@testable import Store

/// design.md, rule 3: a cursor over the event log never skips a row, although transactions commit in another order than they
/// began in.
@Suite("The order of the event log", .timeLimit(.minutes(5)))
struct EventOrderTests {
    /// Reads the log as sessions do, from its cursor on, until it is told to end; what it saw.
    private func follow(_ store: Store, until isOver: @escaping @Sendable () -> Bool) async throws -> [Int64] {
        var seen: [Int64] = []
        var position: Int64 = 0
        while true {
            let isLast = isOver()
            let events = try await store.events(after: position, limit: 100)
            seen += events.map(\.position)
            position = events.last?.position ?? position
            if isLast && events.isEmpty { return seen }
            try await Task.sleep(for: .milliseconds(2))
        }
    }

    /// Two writers whose transactions overlap: the first has its position and is held open until the second has either
    /// committed or is held up by the first; a reader looks all the time.
    private func overlap(
        _ f: StoreFixture, append: @escaping @Sendable () -> PostgresQuery
    ) async throws -> (seen: [Int64], stored: [Int64]) {
        let (isOver, secondIsDone) = (Flag(), Flag())
        return try await f.withStore { other in
            let reader = Task { try await follow(other, until: { isOver.isRaised }) }
            let second = try await f.store.pool.transaction { tx in
                _ = try await tx.query(append())
                let second = Task {
                    _ = try await f.store.pool.transaction { tx in try await tx.commit(after: [append()]) }
                    secondIsDone.raise()
                }
                while try await f.blocked() == 0, !secondIsDone.isRaised {
                    try await Task.sleep(for: .milliseconds(2))
                }
                // The reader has its chance to be led past the first.
                try await Task.sleep(for: .milliseconds(100))
                try await tx.commit()
                return second
            }
            try await second.value
            isOver.raise()
            let seen = try await reader.value
            let stored = try await f.events().map(\.position)
            return (seen, stored)
        }
    }

    @Test("a reader skips nothing although a transaction with an earlier event commits later")
    func lock() async throws {
        try await StoreFixture.with { f in
            let draft = EventDraft(
                type: .accountUpdated, account: f.account.id, accountName: "support", interaction: nil, agent: nil,
                data: Array("{}".utf8))
            let (seen, stored) = try await overlap(f) { .append([draft]) }
            #expect(stored.count == 2)
            #expect(seen == stored)
        }
    }

    @Test("with a sequence alone the same reader would skip one: the harness above can fail")
    func sequenceAlone() async throws {
        try await StoreFixture.with { f in
            let account = f.account.id
            let (seen, stored) = try await overlap(f) {
                """
                INSERT INTO event (position, at, type, account_id, account, everyone, data)
                VALUES (nextval('event_position'), clock_timestamp(), 'account.updated', \(account), 'support', true, '{}')
                """
            }
            #expect(stored.count == 2)
            #expect(seen == [stored[1]])
        }
    }

    @Test("many writers of all kinds at once: a reader sees every position once and in order")
    func manyWriters() async throws {
        try await StoreFixture.with(connections: 10) { f in
            let isOver = Flag()
            let anna = Actor.agent("anna")
            let chats = try await withThrowingTaskGroup(of: Interaction.self) { group in
                for number in 0..<4 { group.addTask { try await f.chat(of: anna, "\(100 + number)") } }
                return try await group.reduce(into: [Interaction]()) { $0.append($1) }
            }
            let start = try await f.lastPosition()
            try await f.withStore { other in
                let reader = Task { try await follow(other, until: { isOver.isRaised }) }
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for (number, chat) in chats.enumerated() {
                        group.addTask {
                            for n in 0..<25 {
                                _ = try await f.send([.text("\(n)", to: chat.id, as: anna, msgID: "\(number)-\(n)")])
                            }
                        }
                        group.addTask {
                            for n in 0..<25 {
                                try await f.connector.receive([
                                    .text("\(n)", chat: chat.customer.externalID, external: "x\(n)")
                                ])
                                try await f.ingestAll(limit: 7)
                            }
                        }
                    }
                    try await group.waitForAll()
                }
                try await f.ingestAll()
                isOver.raise()
                let seen = try await reader.value.filter { $0 > start }
                let stored = try await f.events(after: start).map(\.position)
                #expect(seen == stored)
                #expect(stored.count == 4 * 50)
            }
            for chat in chats {
                let seqs = try await f.store.seqs(of: chat.id).sorted()
                #expect(seqs == Array(1...51))
            }
        }
    }
}
