import ConnectorKit
import Domain
import TestSupport
import Testing

@testable import Viber

/// Callbacks as Viber signs them → what is stored.
struct IncomingTests {
    @Test("a callback becomes what it says", arguments: IncomingRows.kinds + IncomingRows.events)
    func understood(_ row: IncomingRow) async {
        #expect(await Bot.table.complaints(about: row) == [])
    }

    @Test("what is not as it should be becomes something defined", arguments: IncomingRows.flawed)
    func flawed(_ row: IncomingRow) async {
        #expect(await Bot.table.complaints(about: row) == [])
    }

    @Test("a body of another signature, or of none, is refused unread", arguments: IncomingRows.unsigned)
    func unsigned(_ row: IncomingRow) async {
        #expect(await Bot.table.complaints(about: row) == [])
    }

    @Test("a signature in capitals is the same signature")
    func capitals() async {
        let body = Array(#"{"event":"webhook","timestamp":1764000000123,"message_token":1}"#.utf8)
        let row = IncomingRow(
            "capitals", body, headers: ["x-viber-content-signature": IncomingRows.sign(body).uppercased()],
            [.skipped("webhook")])
        #expect(await Bot.table.complaints(about: row) == [])
    }
}
