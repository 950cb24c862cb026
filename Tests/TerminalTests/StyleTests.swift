import Testing

@testable import Terminal

@Suite("Colour")
struct StyleTests {
    @Test(
        "colour needs a terminal and nobody who refuses it",
        arguments: [
            (true, false, [:], true),
            (false, false, [:], false),
            (true, true, [:], false),
            (true, false, ["NO_COLOR": "1"], false),
            (true, false, ["NO_COLOR": ""], true),
            (true, false, ["TERM": "dumb"], false),
        ] as [(Bool, Bool, [String: String], Bool)])
    func enabled(isTerminal: Bool, noColor: Bool, environment: [String: String], expected: Bool) {
        #expect(Style(isTerminal: isTerminal, noColor: noColor, environment: environment).isEnabled == expected)
    }

    @Test("without colour a text is left as it is")
    func plain() {
        #expect(Style.plain("text", .red, bold: true) == "text")
        #expect(Style(isEnabled: true)("text", .red, bold: true) == "\u{1B}[1;31mtext\u{1B}[0m")
    }
}
