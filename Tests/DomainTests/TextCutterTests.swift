import Domain
import Testing

@Suite("Cutting long texts")
struct TextCutterTests {
    @Test(
        "a cut is made at the end of a paragraph, line, sentence or word in the later half of a piece",
        arguments: [
            ("one two three", 8, ["one two ", "three"]), ("one two three", 7, ["one two", " three"]),
            ("aaaaaaaaaa", 4, ["aaaa", "aaaa", "aa"]), ("abc. def ghi jkl", 14, ["abc. def ghi ", "jkl"]),
            ("abcdef. gh ijk", 12, ["abcdef. ", "gh ijk"]), ("abcdef\ngh. ij kl", 13, ["abcdef\n", "gh. ij kl"]),
            ("abcdef\n\ng\nh. ij kl", 14, ["abcdef\n\n", "g\nh. ij kl"]), ("", 5, []), ("fits", 4, ["fits"]),
        ])
    func places(text: String, limit: Int, pieces: [String]) {
        #expect(TextCutter(limit: limit, unit: .utf16).cut(text).map(String.init) == pieces)
    }

    /// What is hard to cut: joiners, flags, marks, surrogate pairs, right-to-left text, line ends of two scalars.
    static let material = [
        "👨‍👩‍👧‍👦", "🇷🇺", "🇺🇸", "e\u{301}", "я", "ё", "ش", "👋🏽", "\r\n", "\n", " ", ". ", "a", "б", "𝄞", "각", "‏שלום", "\n\n",
        "x\u{301}\u{302}\u{303}",
    ]

    @Test("the pieces are the text, each within the limit, graphemes whole", arguments: 0..<60)
    func properties(seed: UInt64) {
        var random = SplitMix(seed: seed)
        for unit in Capabilities.TextUnit.allCases {
            let text = (0..<Int.random(in: 1...120, using: &random))
                .map { _ in Self.material.randomElement(using: &random) ?? "" }.joined()
            // The longest of the material fits, so that no grapheme need be cut; graphemes may have joined to longer ones.
            let longest = text.map { unit.length(of: String($0)) }.max() ?? 1
            let limit = Int.random(in: longest...(longest + 40), using: &random)
            let pieces = TextCutter(limit: limit, unit: unit).cut(text)
            #expect(pieces.joined() == text)
            #expect(pieces.allSatisfy { !$0.isEmpty && unit.length(of: $0) <= limit })
            #expect(pieces.flatMap { Array(String($0)) } == Array(text))
        }
    }

    @Test("a grapheme over the limit is cut between scalars, and it comes to an end")
    func monster() {
        let monster = "a" + String(repeating: "\u{301}", count: 100)
        let pieces = TextCutter(limit: 10, unit: .utf16).cut(monster)
        #expect(pieces.joined().unicodeScalars.elementsEqual(monster.unicodeScalars))
        #expect(pieces.allSatisfy { $0.utf16.count <= 10 })
        let tooSmall = TextCutter(limit: 1, unit: .utf16).cut("😀😀")
        #expect(tooSmall.map(String.init) == ["😀", "😀"])
    }

    @Test("entities go with their stretch, and are split where it is cut")
    func entities() {
        let text = TextContent(
            text: "aaaa bbbb cccc",
            entities: [
                .init(kind: .bold, offset: 0, length: 4),
                .init(kind: .link, offset: 5, length: 9, url: "https://e.org"),
            ])
        let pieces = text.pieces(TextCutter(limit: 10, unit: .utf16))
        #expect(
            pieces == [
                TextContent(
                    text: "aaaa bbbb ",
                    entities: [
                        .init(kind: .bold, offset: 0, length: 4),
                        .init(kind: .link, offset: 5, length: 5, url: "https://e.org"),
                    ]),
                TextContent(
                    text: "cccc", entities: [.init(kind: .link, offset: 0, length: 4, url: "https://e.org")]),
            ])
    }

    @Test("a piece of nothing but white space is not sent")
    func blank() {
        let text = TextContent(text: "aa" + String(repeating: "\n", count: 20) + "bb")
        #expect(text.pieces(TextCutter(limit: 5, unit: .utf16)).allSatisfy { $0.text.contains { !$0.isWhitespace } })
    }
}

/// The same numbers for the same seed, so that a failure can be repeated.
struct SplitMix: RandomNumberGenerator {
    private var state: UInt64
    init(seed: UInt64) { state = seed &+ 0x9E37_79B9_7F4A_7C15 }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
