import Domain
import Testing

@Suite("moments at the edge of the calendar")
struct TimestampRangeTests {
    @Test(
        "a moment beyond the years that can be written is shown as the nearest that can",
        arguments: [
            (Int64.min, "0000-01-01T00:00:00.000Z"),
            (Timestamp.writable.lowerBound.microseconds - 1, "0000-01-01T00:00:00.000Z"),
            (-1, "1969-12-31T23:59:59.999Z"),
            (Timestamp.writable.upperBound.microseconds + 1, "9999-12-31T23:59:59.999Z"),
            (Int64.max, "9999-12-31T23:59:59.999Z"),
        ])
    func shown(microseconds: Int64, text: String) { #expect(Timestamp(microseconds: microseconds).description == text) }

    @Test(
        "an offset that leads beyond them is read and shown all the same",
        arguments: [
            ("0000-01-01T00:00:00+23:59", "0000-01-01T00:00:00.000Z"),
            ("9999-12-31T23:59:59-23:59", "9999-12-31T23:59:59.999Z"),
        ])
    func offsets(text: String, shown: String) { #expect(Timestamp(rfc3339: text)?.description == shown) }
}
