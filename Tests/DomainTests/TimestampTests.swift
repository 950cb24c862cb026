import Domain
import Testing

@Suite("Timestamps")
struct TimestampTests {
    @Test(
        "go out with milliseconds and Z",
        arguments: [
            (Int64(0), "1970-01-01T00:00:00.000Z"), (1_769_853_600_000_000, "2026-01-31T10:00:00.000Z"),
            (951_782_400_000_999, "2000-02-29T00:00:00.000Z"), (-1, "1969-12-31T23:59:59.999Z"),
            (4_107_542_399_999_000, "2100-02-28T23:59:59.999Z"),
        ])
    func prints(microseconds: Int64, text: String) {
        #expect(Timestamp(microseconds: microseconds).description == text)
    }

    @Test(
        "come in as any RFC 3339 date-time",
        arguments: [
            ("2026-01-31T10:00:00Z", "2026-01-31T10:00:00.000Z"),
            ("2026-01-31t10:00:00.5z", "2026-01-31T10:00:00.500Z"),
            ("2026-01-31T13:00:00+03:00", "2026-01-31T10:00:00.000Z"),
            ("2026-01-31T09:30:00.123456789-00:30", "2026-01-31T10:00:00.123Z"),
            ("2016-12-31T23:59:60Z", "2016-12-31T23:59:59.000Z"), ("2024-02-29 00:00:00Z", "2024-02-29T00:00:00.000Z"),
        ])
    func reads(text: String, canonical: String) throws {
        #expect(try #require(Timestamp(rfc3339: text)).description == canonical)
    }

    @Test(
        "anything else is refused",
        arguments: [
            "", "2026-01-31", "2026-01-31T10:00:00", "2026-01-31T10:00Z", "2026-13-01T10:00:00Z",
            "2026-02-29T10:00:00Z",
            "2026-01-31T24:00:00Z", "2026-01-31T10:60:00Z", "2026-01-31T10:00:61Z", "2026-01-31T10:00:00.Z",
            "2026-01-31T10:00:00+3:00", "2026-01-31T10:00:00Zx", "26-01-31T10:00:00Z", "+026-01-31T10:00:00Z",
        ])
    func refuses(text: String) {
        #expect(Timestamp(rfc3339: text) == nil)
    }
}

@Suite("Cursors and names")
struct CursorTests {
    @Test("a cursor is its epoch and position, and reads back")
    func roundTrip() throws {
        let cursor = Cursor(epoch: "3fa9", position: 42)
        #expect(cursor.description == "3fa9-42")
        #expect(Cursor(text: cursor.description) == cursor)
    }

    @Test(
        "what is not exactly a cursor is none",
        arguments: ["", "-", "3fa9", "3fa9-", "-42", "3fa9--1", "3fa9-042", "3FA9-42", "3fa9-4.2", "3fa9-42 ", "при-1"])
    func refuses(text: String) {
        #expect(Cursor(text: text) == nil)
    }

    @Test("names of accounts fit into URLs and paths")
    func names() {
        for name in ["support", "a", "Shop_2.eu-west", "_x", String(repeating: "n", count: 64)] {
            #expect(Name.isValid(name), "\(name)")
        }
        for name in ["", ".", "-x", "a/b", "a b", "магазин", "a\u{0}", String(repeating: "n", count: 65)] {
            #expect(!Name.isValid(name), "\(name)")
        }
    }

    @Test("an id that is not the canonical number names nothing", arguments: ["", "0", "-1", "01", "1 ", "x", "1.0"])
    func ids(text: String) {
        #expect(InteractionID(text: text) == nil)
    }
}
