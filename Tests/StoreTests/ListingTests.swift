import AgentProtocol
import Domain
import JSON
import TestSupport
import Testing

@testable import Store

@Suite("Listing chats and messages", .timeLimit(.minutes(5)))
struct ListingTests {
    static let chief = Actor.supervisor("chief")

    private func write(_ f: StoreFixture, _ chat: Int, _ external: String) async throws {
        try await f.connector.receive([.text("hello", chat: "\(chat)", external: external)])
        try await f.ingestAll()
    }

    private func pages(
        _ f: StoreFixture, limit: Int, _ query: InteractionQuery = InteractionQuery(limit: 0),
        between: () async throws -> Void = {}
    ) async throws -> [String] {
        var query = query
        query.limit = limit
        var chats: [String] = []
        repeat {
            let page = try await f.store.interactions(query, for: Self.chief)
            #expect(page.items.count <= limit)
            chats += page.items.map(\.item.customer.externalID)
            query.page = page.next
            try await between()
        } while query.page != nil
        return chats
    }

    @Test("newest customer message first, page by page, whatever happens between the pages")
    func stableOrder() async throws {
        try await StoreFixture.with { f in
            for chat in 100..<110 { try await write(f, chat, "1") }
            try await write(f, 103, "2")
            let expected = ["103", "109", "108", "107", "106", "105", "104", "102", "101", "100"]
            #expect(try await pages(f, limit: 50) == expected)
            var number = 0
            let chats = try await pages(f, limit: 3) {
                number += 1
                // An old chat speaks up, a new one appears, a listed one is closed.
                try await write(f, 101, "n\(number)")
                try await write(f, 200 + number, "1")
                let closed = try await f.openChat("10\(9 - number)")
                _ = try await f.store.change(closed.id, version: closed.version, by: Self.chief, .close(note: nil))
            }
            #expect(chats == expected)
            #expect(try await pages(f, limit: 4).prefix(2) == ["20\(number)", "101"])
        }
    }

    @Test("from is inside, to is outside: chats with customer messages in between, by the last of them")
    func bounds() async throws {
        try await StoreFixture.with { f in
            for chat in [100, 101, 102] { try await write(f, chat, "1") }
            let times = try await [100, 101, 102].asyncMap { try await f.openChat("\($0)").lastCustomerAt }
            let (first, second, third) = (try #require(times[0]), try #require(times[1]), try #require(times[2]))
            func list(_ from: Timestamp?, _ to: Timestamp?) async throws -> [String] {
                try await pages(f, limit: 10, InteractionQuery(from: from, to: to, limit: 0))
            }
            #expect(try await list(first, third) == ["101", "100"])
            #expect(try await list(second, nil) == ["102", "101"])
            #expect(try await list(first, first) == [])
            #expect(try await list(third, third.adding(.microseconds(1))) == ["102"])
            // A later message of the same chat is not looked at by a period before it.
            try await write(f, 100, "2")
            #expect(try await list(first, third) == ["101", "100"])
            #expect(try await list(nil, nil) == ["100", "102", "101"])
            #expect(try await list(third, nil) == ["100", "102"])
        }
    }

    @Test("chats without a customer's message come last, newest first, and not in a period")
    func withoutMessages() async throws {
        try await StoreFixture.with { f in
            for chat in ["501", "502", "503"] {
                _ = try await f.store.start(
                    .init(
                        actor: Self.chief, account: "support", to: .externalID(chat), take: chat == "502",
                        message: nil)
                ) { _, draft in [draft.asItIs] }
            }
            try await write(f, 100, "1")
            try await write(f, 101, "1")
            #expect(try await pages(f, limit: 50) == ["101", "100", "503", "502", "501"])
            for limit in 1...4 {
                #expect(try await pages(f, limit: limit) == ["101", "100", "503", "502", "501"], "\(limit)")
            }
            let all = InteractionQuery(from: Timestamp(seconds: 0), limit: 0)
            #expect(try await pages(f, limit: 10, all) == ["101", "100"])
            #expect(try await pages(f, limit: 1, .init(state: .active, limit: 0)) == ["502"])
        }
    }

    @Test("state, account, agent and text filter; an account that is not granted does not exist")
    func filters() async throws {
        try await StoreFixture.with { f in
            _ = try await f.store.addAccount(.named("sales"), by: "test")
            let profile = CustomerProfile(name: "Иван Петров", username: "ivan_p")
            try await f.connector.receive([.text("1", chat: "100", external: "1", profile: profile)])
            try await f.ingestAll()
            _ = try await f.chat(of: .agent("anna"), "101")
            func list(_ query: InteractionQuery) async throws -> [String] { try await pages(f, limit: 10, query) }
            #expect(try await list(.init(state: .waiting, limit: 0)) == ["100"])
            #expect(try await list(.init(state: .active, limit: 0)) == ["101"])
            #expect(try await list(.init(state: .closed, limit: 0)) == [])
            #expect(try await list(.init(agent: "anna", limit: 0)) == ["101"])
            #expect(try await list(.init(account: "support", limit: 0)) == ["101", "100"])
            #expect(try await list(.init(account: "sales", limit: 0)) == [])
            #expect(try await list(.init(text: "петр", limit: 0)) == ["100"])
            #expect(try await list(.init(text: "IVAN", limit: 0)) == ["100"])
            #expect(try await list(.init(text: "n_p", limit: 0)) == ["100"])
            #expect(try await list(.init(text: "%", limit: 0)) == [])
            #expect(try await list(.init(text: "\\", limit: 0)) == [])
            let error = await refusal {
                _ = try await f.store.interactions(
                    .init(account: "support", limit: 5), for: .agent("zoe", accounts: ["sales"]))
            }
            #expect(error?.code == .notFound)
        }
    }

    @Test("messages page both ways, each page ascending, every message once")
    func messagePages() async throws {
        try await StoreFixture.with { f in
            let chat = try await f.newChat()
            try await f.connector.receive((2...25).map { .text("\($0)", chat: "100", external: "\($0)") })
            try await f.ingestAll()
            func page(_ bound: MessagesList.Bound, _ limit: Int = 10) async throws -> (seqs: [Int64], more: Bool) {
                let found = try await f.store.messages(of: chat.id, bound, limit: limit, for: Self.chief)
                return (found.items.map(\.seq), found.more)
            }
            let last = try await page(.none)
            #expect(last.seqs == Array(16...25) && last.more)
            let before = try await page(.before(seq: 16))
            #expect(before.seqs == Array(6...15) && before.more)
            let first = try await page(.before(seq: 6))
            #expect(first.seqs == Array(1...5) && !first.more)
            let after = try await page(.after(seq: 0))
            #expect(after.seqs == Array(1...10) && after.more)
            let end = try await page(.after(seq: 15))
            #expect(end.seqs == Array(16...25) && !end.more)
            #expect(try await page(.after(seq: 25)).seqs.isEmpty)
        }
    }

    @Test("a page is cut by bytes too, at the end farthest from its bound, and goes on there")
    func byteCut() async throws {
        try await StoreFixture.with { f in
            let chat = try await f.newChat()
            let long = String(repeating: "я", count: 10_000)
            try await f.connector.receive((2...60).map { .text(long, chat: "100", external: "\($0)") })
            try await f.ingestAll()
            var seen: [Int64] = []
            var bound = MessagesList.Bound.none
            for _ in 0..<20 {
                let page = try await f.store.page(
                    MessagesList(interaction: chat.id, bound: bound, limit: 200), for: Self.chief)
                #expect(page.jsonBytes.count < AgentLimits.maxFrameBytes)
                #expect(!page.items.isEmpty)
                let seqs = page.items.compactMap { item in
                    String(decoding: item, as: UTF8.self).firstMatch(of: /"seq":(\d+)/).flatMap { Int64($0.1) }
                }
                seen = seqs + seen
                guard case .seq(let next) = page.next else { break }
                #expect(next == seqs.first)
                bound = .before(seq: next)
            }
            #expect(seen == Array(1...60))
        }
    }
}

extension Array {
    fileprivate func asyncMap<R>(_ body: (Element) async throws -> R) async rethrows -> [R] {
        var results: [R] = []
        for element in self { results.append(try await body(element)) }
        return results
    }
}
