import Testing

@testable import Terminal

@Suite("Tables")
struct TableTests {
    private let table = Table(
        columns: [Table.Column("name"), Table.Column("count", isNumber: true), Table.Column("text")],
        rows: [
            [Table.Cell("анна"), Table.Cell("7"), Table.Cell("short")],
            [Table.Cell("日本"), Table.Cell("1200"), Table.Cell("a rather long text for a narrow window")],
        ])

    @Test("columns are aligned by what they take on the screen; numbers stand at the right")
    func alignment() {
        let lines = table.lines(width: nil, style: .plain)
        #expect(
            lines == [
                "name  count  text", "анна      7  short", "日本   1200  a rather long text for a narrow window",
            ])
    }

    @Test("a table fits the window, and the widest column gives way", arguments: [20, 24, 30, 80])
    func fit(width: Int) {
        let lines = table.lines(width: width, style: .plain)
        #expect(lines.allSatisfy { $0.displayWidth <= width })
        #expect(lines[2].hasPrefix("日本   1200  a"))
        #expect(lines[2].hasSuffix(width >= 51 ? "window" : "…") || width == 80)
    }

    @Test(
        "a narrow window takes columns in which nothing stands first, then years, then milliseconds",
        arguments: [
            (60, ["at                        none  name", "2026-01-31T10:00:00.123Z        анна"]),
            (35, ["at                        name", "2026-01-31T10:00:00.123Z  анна"]),
            (29, ["at                  name", "01-31 10:00:00.123  анна"]),
            (21, ["at              name", "01-31 10:00:00  анна"]),
            (16, ["at          name", "01-31 10:…  анна"]),
        ])
    func narrow(width: Int, expected: [String]) {
        let table = Table(
            columns: [Table.Column("at"), Table.Column("none"), Table.Column("name")],
            rows: [[Table.Cell("2026-01-31T10:00:00.123Z"), Table.Cell(""), Table.Cell("анна")]])
        #expect(table.lines(width: width, style: .plain) == expected)
    }

    @Test("a window narrower than the columns' minimum ends the shrinking")
    func tooNarrow() {
        #expect(table.lines(width: 3, style: .plain).count == 3)
    }

    @Test("colour does not disturb the alignment")
    func colour() {
        var coloured = table
        coloured.rows[0][0].colour = .green
        let lines = coloured.lines(width: nil, style: Style(isEnabled: true))
        #expect(lines[1] == "\u{1B}[32mанна\u{1B}[0m      7  short")
        #expect(lines[0].hasPrefix("\u{1B}[1mname\u{1B}[0m  "))
    }

    @Test("ten thousand rows are laid out at once")
    func many() {
        let rows = (0..<10_000).map { [Table.Cell("row \($0)"), Table.Cell("\($0)"), Table.Cell("текст")] }
        #expect(Table(columns: table.columns, rows: rows).lines(width: 80, style: .plain).count == 10_001)
    }
}
