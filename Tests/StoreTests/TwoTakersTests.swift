import AgentProtocol
import Domain
import TestSupport
import Testing

@testable import Store

@Suite("Two ChatServers and one inbox", .timeLimit(.minutes(5)))
struct TwoTakersTests {
    static let chats = 12
    static let messages = 40

    /// A connector stores each chat's messages in their order, several chats at once.
    private func write(_ f: StoreFixture, then isWritten: Flag) async throws {
        try await withThrowingTaskGroup(of: Void.self) { writers in
            for chat in 0..<Self.chats {
                writers.addTask {
                    for n in 0..<Self.messages {
                        try await f.connector.receive([.text("\(n)", chat: "\(1000 + chat)", external: "\(n)")])
                    }
                }
            }
            try await writers.waitForAll()
        }
        isWritten.raise()
    }

    /// Takes until nothing is left; how many rows it took.
    private func take(_ store: Store, until isWritten: Flag) async throws -> Int {
        var rows = 0
        while true {
            let isLast = isWritten.isRaised
            if let report = try await store.ingest(limit: 9) {
                rows += report.rows
            } else if isLast {
                return rows
            }
        }
    }

    @Test("under load each chat keeps its order, seq is gapless, nothing is lost or doubled")
    func load() async throws {
        try await StoreFixture.with(connections: 10) { f in
            let isWritten = Flag()
            let both = try await f.withStore { second in
                async let written: Void = write(f, then: isWritten)
                async let first = take(f.store, until: isWritten)
                async let other = take(second, until: isWritten)
                try await written
                return [try await first, try await other]
            }
            try await f.ingestAll()
            #expect(both[0] > 0 && both[1] > 0, "one of them took nothing: \(both)")
            for chat in 0..<Self.chats {
                let messages = try await f.messages(of: f.openChat("\(1000 + chat)"))
                #expect(messages.map(\.seq) == Array(1...Int64(Self.messages)))
                #expect(messages.compactMap(\.text) == (0..<Self.messages).map(String.init))
            }
            let created = try await f.events().filter { $0.type == .messageCreated }
            #expect(created.count == Self.chats * Self.messages)
            // The log tells each chat's messages in their order.
            for (_, events) in Dictionary(grouping: created, by: \.interaction) {
                let seqs = events.compactMap { event in
                    String(decoding: event.data, as: UTF8.self).firstMatch(of: /"seq":(\d+)/).flatMap { Int($0.1) }
                }
                #expect(seqs == Array(1...Self.messages))
            }
        }
    }
}
