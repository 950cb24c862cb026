import AgentProtocol
import Domain
import Testing

@Suite("pages and queries")
struct PageAndQueryTests {
    static let tokens = [
        PageToken(
            moment: Timestamp.writable.upperBound,
            last: .withMessages(at: Timestamp(microseconds: -1), id: InteractionID(.max))),
        PageToken(
            moment: Timestamp(seconds: 0), last: .without(createdAt: Timestamp(seconds: 5), id: InteractionID(1))),
    ]

    @Test("a page token reads as it was written, and no other text reads at all", arguments: tokens)
    func token(token: PageToken) {
        let text = token.text
        #expect(PageToken(text: text) == token)
        for index in text.indices {
            var damaged = text
            damaged.replaceSubrange(index...index, with: text[index] == "A" ? "B" : "A")
            #expect(PageToken(text: damaged) == nil)
        }
        for other in [
            "", "A", String(text.dropLast()), String(text.dropLast(4)), text + "AAAA", text + "=",
            "ж" + text.dropFirst(), text + "\0",
        ] {
            #expect(PageToken(text: other) == nil)
        }
    }

    private func member(_ body: () throws -> Void) -> String? {
        let error = #expect(throws: EralinkError.self) { try body() }
        guard case .string(let member) = error?.details.first(where: { $0.name == "member" })?.value else {
            return error?.code.name
        }
        return member
    }

    private let period = [(name: "from", value: "2026-01-01T00:00:00Z"), (name: "to", value: "2026-02-01T00:00:00Z")]

    @Test("queries read like the params of their methods")
    func good() throws {
        let list = try RestQuery.interactions(period + [("limit", "7"), ("state", "closed"), ("agent", "anna")])
        #expect(list.limit == 7 && list.state == .closed && list.agent == "anna" && list.from != nil && list.to != nil)
        #expect(try RestQuery.interaction(id: "7", []) == InteractionID(7))
        #expect(
            try RestQuery.messages(interaction: "7", [("after_seq", "3")])
                == MessagesList(interaction: InteractionID(7), bound: .after(seq: 3)))
        #expect(try RestQuery.capabilities([("account", "support")]) == CapabilitiesGet(account: "support"))
    }

    @Test("what is wrong in a query is named")
    func bad() {
        let period = period
        #expect(member { _ = try RestQuery.interactions([period[0]]) } == "to")
        #expect(member { _ = try RestQuery.interactions([period[1]]) } == "from")
        #expect(member { _ = try RestQuery.interactions(period + [("colour", "red")]) } == "colour")
        #expect(member { _ = try RestQuery.interactions(period + [("limit", "201")]) } == "limit")
        #expect(member { _ = try RestQuery.interactions(period + [("limit", "many")]) } == "limit")
        #expect(member { _ = try RestQuery.interactions(period + [("limit", "")]) } == "limit")
        #expect(member { _ = try RestQuery.interactions(period + [("to", "2026-02-01T00:00:00Z")]) } == "to")
        #expect(member { _ = try RestQuery.interactions(period + [("page", "x")]) } == "page")
        #expect(member { _ = try RestQuery.interactions(period + [("query", "a\0")]) } == "query")
        #expect(member { _ = try RestQuery.interaction(id: "x", []) } == "not_found")
        #expect(member { _ = try RestQuery.interaction(id: "7", [("interaction", "8")]) } == "interaction")
        #expect(member { _ = try RestQuery.interaction(id: "7", [("x", "8")]) } == "x")
        #expect(
            member { _ = try RestQuery.messages(interaction: "7", [("after_seq", "1"), ("before_seq", "2")]) }
                == "after_seq")
        #expect(member { _ = try RestQuery.capabilities([("a", "b")]) } == "a")
    }
}
