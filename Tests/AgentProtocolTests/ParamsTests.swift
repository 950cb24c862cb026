import AgentProtocol
import Testing

@Suite("params, member by member")
struct ParamsTests {
    @Test("what can be sent", arguments: ParamsRows.sends)
    func sends(row: ParamsRow) { #expect(outcome(row.call.0, row.call.1) == row.expected) }

    @Test("entities lie within the text", arguments: ParamsRows.entities)
    func entities(row: ParamsRow) { #expect(outcome(row.call.0, row.call.1) == row.expected) }

    @Test("keyboards", arguments: ParamsRows.keyboards)
    func keyboards(row: ParamsRow) { #expect(outcome(row.call.0, row.call.1) == row.expected) }

    @Test("names and ids", arguments: ParamsRows.names)
    func names(row: ParamsRow) { #expect(outcome(row.call.0, row.call.1) == row.expected) }

    @Test("figures, times and cursors", arguments: ParamsRows.figures)
    func figures(row: ParamsRow) { #expect(outcome(row.call.0, row.call.1) == row.expected) }

    @Test(
        "links",
        arguments: [
            ("http://a", true), ("HTTPS://a.b/c", true), ("mailto:a@b.c", true), ("tel:112", true), ("http:", false),
            ("http://", false),
            ("https:///x", false), ("http:a", false), ("tel:", false), ("data:text/html,x", false),
            ("javascript:x", false), (" http://a", false),
            ("http://a b", false), ("http://a\u{0}", false), ("http://a\n", false), ("//a", false), ("a", false),
            ("", false), ("file:///etc", false),
        ])
    func links(link: String, allowed: Bool) { #expect(Link.isAllowed(link) == allowed) }
}
