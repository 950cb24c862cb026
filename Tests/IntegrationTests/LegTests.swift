import TestSupport
import Testing

@Suite("The checker of legs")
struct LegTests {
    @Test(
        "says what was lost, doubled, changed or out of order",
        arguments: [
            (["a", "b", "c"], ["a", "b", "c"], "way: clean"),
            (["a", "b", "c"], ["a", "c"], #"way: lost ["b"]"#),
            (["a", "b", "c"], ["a", "b", "b", "c"], #"way: doubled ["b"]"#),
            (["a", "b", "c"], ["a", "c", "b"], #"way: disordered ["b"]"#),
            (["a", "b"], ["a", "b", "x"], #"way: strange ["x"]"#),
            ([], [], "way: clean"),
        ])
    func verdicts(put: [String], got: [String], verdict: String) {
        let leg = Leg("way", put: put, got: got)
        #expect(leg.description == verdict)
        #expect(leg.isClean == verdict.hasSuffix("clean"))
    }
}
