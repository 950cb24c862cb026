import ConnectorKit
import Domain
import Testing

@testable import Telegram

@Suite("A page of updates")
struct PageTests {
    static func text(_ id: String, _ text: String) -> String {
        #"{\#(id)"message":{"message_id":1,"chat":{"id":5,"type":"private"},"date":9,"text":"\#(text)"}}"#
    }

    private func page(_ elements: [String], from position: Int64? = nil) throws -> TelegramPage {
        try TelegramPage(reading: Array("[\(elements.joined(separator: ","))]".utf8)[...], from: position)
    }

    @Test("moves on after its last update, and broken ones fail alone")
    func brokenOnes() throws {
        let page = try page([
            Self.text(#""update_id":700000001,"#, "one"), #"{"update_id":700000002,"message":{"chat":nonsense}}"#, "17",
            #"{"update_id":700000003,"message":{"message_id":1,"chat":{"id":-5,"type":"group"},"text":"a"}}"#,
            Self.text(#""update_id":700000004,"#, "two"),
            #"{"update_id":700000005,"message":"#
                + #"{"message_id":2,"chat":{"id":5,"type":"private"},"date":9,"text":"a\u0000"}}"#,
        ])
        #expect(page.batch.position == 700_000_006)
        #expect(page.batch.items.map(\.key) == ["700000001/9", "700000004/9", "700000005/9"])
        #expect(page.batch.skipped == ["unreadable": 2, "group": 1])
        #expect(!page.isStuck)
    }

    @Test("that is empty changes nothing")
    func empty() throws {
        let page = try page([], from: 7)
        #expect(page.batch == PollBatch() && !page.isStuck)
    }

    static let positions: [Row<([String], Int64?), Int64?>] = [
        Row("numbers that begin anew lower", ([text(#""update_id":12,"#, "a")], 700_000_000), 13),
        Row("an update without a number", ([text("", "a"), text(#""update_id":12,"#, "b")], 11), 13),
        Row("no number at all: as many as came are passed", ([text("", "a"), text("", "b")], 11), 13),
        Row("no number and no position", ([text("", "a")], nil), nil),
        Row(
            "a number that Telegram never gives",
            ([text(#""update_id":12,"#, "a"), text(#""update_id":9007199254740993,"#, "b")], 12),
            13),
        Row("numbers out of order", ([text(#""update_id":9,"#, "a"), text(#""update_id":7,"#, "b")], 7), 8),
        Row("a negative number", ([text(#""update_id":-4,"#, "a")], 7), 8),
    ]

    @Test("never confirms what did not come, and never stays for ever", arguments: positions)
    func position(_ row: Row<([String], Int64?), Int64?>) throws {
        #expect(try page(row.given.0, from: row.given.1).batch.position == row.expected)
    }

    @Test("that brings nothing to confirm holds back the next poll", arguments: [nil, 11] as [Int64?])
    func stuck(_ position: Int64?) throws {
        #expect(try page([Self.text("", "a")], from: position).isStuck)
    }

    @Test("tells updates without numbers apart, and knows them again")
    func keys() throws {
        let first = try page([Self.text("", "a"), Self.text("", "b")]).batch.items.map(\.key)
        let again = try page([Self.text("", "a"), Self.text("", "b")]).batch.items.map(\.key)
        #expect(first == again && Set(first).count == 2)
    }

    @Test("of broken JSON is cut where updates begin, and its last update is left for the next poll")
    func salvage() throws {
        let broken = #"{"update_id":6,"message":{"chat":{"id":[[["#
        let elements = [Self.text(#""update_id":5,"#, "one"), broken, Self.text(#""update_id":7,"#, "two")]
        let whole =
            #"{"ok":true,"result":[\#((elements + [Self.text(#""update_id":8,"#, "last")]).joined(separator: ",\n"))]}"#
        let page = try #require(TelegramPage(salvaging: Array(whole.utf8), from: 5))
        #expect(page.batch.position == 8 && page.batch.skipped == ["unreadable": 1])
        #expect(page.batch.items.map(\.key) == ["5/9", "7/9"])
        // Cut off in the broken one: nobody knows what it was, so it comes again.
        let cut = #"{"ok":true,"result":[\#(elements.prefix(2).joined(separator: ","))"#
        #expect(TelegramPage(salvaging: Array(cut.utf8), from: 5)?.batch.position == 6)
        #expect(TelegramPage(salvaging: Array(#"{"ok":true,"result":[\#(broken)"#.utf8), from: 5) == nil)
        #expect(TelegramPage(salvaging: Array("<html>".utf8), from: 5) == nil)
    }

    @Test("that is no array is an error", arguments: [#"{"a":1}"#, "", "[1", "null"])
    func noArray(_ text: String) {
        #expect(throws: (any Error).self) { try TelegramPage(reading: Array(text.utf8)[...], from: nil) }
    }
}
