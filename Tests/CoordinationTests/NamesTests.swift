import Testing

@testable import Coordination

@Suite("Names", .timeLimit(.minutes(2)))
struct NamesTests {
    @Test(
        "any text is a name of a node, and comes back",
        arguments: [
            ("shop-1_a.b", "shop-1_a.b"), ("a/b", "a%2Fb"), ("..", "%2E."), (".", "%2E"), ("", "%"), ("%", "%25"),
            ("анна", nil),
            ("a\0b\n", "a%00b%0A"), ("100%", "100%25"), ("~", "%7E"),
        ] as [(String, String?)])
    func roundTrip(_ text: String, _ encoded: String?) {
        let name = NodeName.encode(text)
        if let encoded { #expect(name == encoded) }
        #expect(NodeName.decode(name) == text)
        #expect(!name.contains("/") && !name.contains("~"))
    }

    @Test("the line is in the order of the numbers, whatever the names")
    func line() {
        let line = ElectionLine(["b~0000000003", "z~0000000001", "a~0000000010", "strange"])
        #expect(line.inOrder.map(ElectionLine.id) == ["z", "b", "a"])
        #expect(line.place(of: "z~0000000001") == .first)
        #expect(line.place(of: "a~0000000010") == .behind("b~0000000003"))
        #expect(line.place(of: "b~0000000004") == .absent)
    }

    @Test("a component comes back from its node")
    func component() {
        let component = Component.sample("c\"1")
        #expect(Component(value: Array(component.value.utf8)) == component)
        #expect(Component(value: Array("{".utf8)) == nil)
        #expect(Component(value: []) == nil)
    }
}
