import Testing

@testable import Terminal

@Suite("Columns that a text takes")
struct DisplayWidthTests {
    @Test(
        "wide characters take two columns, marks none, an emoji sequence two",
        arguments: [
            ("abc", 3), ("Привет", 6), ("日本", 4), ("ｆｕ", 4), ("한글", 4), ("e\u{301}", 1), ("שָׁלוֹם", 4), ("👍🏽", 2),
            ("👩‍👩‍👧‍👦", 2), ("🇷🇺", 2), ("❤️", 2), ("❤", 1), ("1️⃣", 2), ("🏳️‍🌈", 2), ("", 0), ("\u{200B}", 0), ("क्ष", 2),
            ("\u{1112}\u{1161}\u{11AB}", 2), ("…–№", 3), ("⌚", 2),
        ])
    func width(text: String, columns: Int) {
        #expect(text.displayWidth == columns)
    }

    @Test(
        "a text is cut at a character's edge, with … in its last column",
        arguments: [
            ("hello", 5, "hello"), ("hello", 4, "hel…"), ("日本語", 4, "日…"), ("日本語", 5, "日本…"), ("👩‍👩‍👧‍👦👩‍👩‍👧‍👦", 3, "👩‍👩‍👧‍👦…"),
            ("Привет", 1, "…"), ("hello", 0, ""), ("", 3, ""),
        ])
    func cut(text: String, columns: Int, expected: String) {
        #expect(text.cut(toColumns: columns) == expected)
        #expect(text.cut(toColumns: columns).displayWidth <= columns)
    }
}
