import Testing

@testable import Terminal

@Suite("Text of strangers on a terminal")
struct EscapingTests {
    @Test(
        "what would move the cursor, reorder the line or hide in it is shown",
        arguments: [
            ("\u{1B}[2Jgone", "\\u{1B}[2Jgone"),
            ("two\nlines\r\n", "two\\nlines\\r\\n"),
            ("a\tb", "a\\tb"),
            ("\u{7F}\u{9B}31m", "\\u{7F}\\u{9B}31m"),
            ("invoice\u{202E}fdp.exe", "invoice\\u{202E}fdp.exe"),
            ("\u{2066}a\u{2069}\u{200F}\u{200E}\u{61C}", "\\u{2066}a\\u{2069}\\u{200F}\\u{200E}\\u{61C}"),
            ("pay\u{200B}pal\u{FEFF}\u{2060}", "pay\\u{200B}pal\\u{FEFF}\\u{2060}"),
            ("a\u{2028}b\u{2029}", "a\\u{2028}b\\u{2029}"),
            ("e\u{301}\u{202E}x", "e\u{301}\\u{202E}x"),
            ("tag\u{E0041}", "tag\\u{E0041}"),
            ("a\u{200D}b", "a\\u{200D}b"),
            ("\u{3164}", "\\u{3164}"),
        ])
    func escapes(text: String, shown: String) {
        #expect(Escaping.visible(text) == shown)
    }

    @Test(
        "what people write stays as it is",
        arguments: [
            "Здравствуйте, можно вернуть заказ №5?", "שלום", "日本語", "👩‍👩‍👧‍👦 👍🏽 🏳️‍🌈 1️⃣ 🇷🇺", "🏴󠁧󠁢󠁳󠁣󠁴󠁿", "می‌خواهم", "क्‍ष", "e\u{301}",
            "a\\b", "",
        ])
    func leaves(text: String) {
        #expect(Escaping.visible(text) == text)
    }
}
