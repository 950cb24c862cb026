import JSON
import Testing

@Suite("writing JSON")
struct JSONWriterTests {
    @Test("objects, arrays, scalars and spliced bytes stand with their commas")
    func structure() {
        var writer = JSONWriter()
        writer.object {
            $0.member("id", Int64.min)
            $0.member("n", 7)
            $0.member("x", 1.5)
            $0.member("yes", true)
            $0.member("none", String?.none)
            $0.optional("absent", String?.none)
            $0.optional("present", "p")
            $0.null("null")
            $0.rawMember("raw", Array(#"{"a":[1]}"#.utf8))
            $0.object("o") { _ in }
            $0.array("a") {
                $0.element("e")
                $0.object { $0.member("k", [1, 2]) }
                $0.array { _ in }
                $0.raw("[3]".utf8)
                $0.element(4)
            }
            $0.member("last", JSONValue.object([JSONMember("j", .null)]))
        }
        #expect(
            writer.text
                == #"{"id":-9223372036854775808,"n":7,"x":1.5,"yes":true,"none":null,"present":"p","null":null,"raw":{"a":[1]},"o":{},"#
                + #""a":["e",{"k":[1,2]},[],[3],4],"last":{"j":null}}"#)
    }

    @Test("infinity and not-a-number are null", arguments: [Double.infinity, -.infinity, .nan])
    func notFinite(value: Double) {
        #expect(JSONWriter.bytes(of: value) == Array("null".utf8))
    }

    @Test("every scalar survives writing and reading")
    func scalars() throws {
        let all = String(
            String.UnicodeScalarView((1...0x3000).compactMap(Unicode.Scalar.init) + ["😀", "\u{10ffff}", "\u{e000}"]))
        let bytes = JSONWriter.bytes(of: all)
        #expect(try JSONValue(parsing: bytes).string == all)
    }

    @Test("canonical bytes do not depend on order, space, doubled members or the form of numbers")
    func canonical() throws {
        let a = try JSONValue(parsing: #"{"b":[1.0,{"y":1,"x":"\u0041"}],"a":1e2,"a":100}"#)
        let b = try JSONValue(parsing: #"{ "a" : 100, "b" : [ 1, { "x" : "A", "y" : 1 } ] }"#)
        #expect(a.canonicalBytes == b.canonicalBytes)
        let c = try JSONValue(parsing: #"{"a":100,"b":[{"x":"A","y":1},1]}"#)
        #expect(a.canonicalBytes != c.canonicalBytes)
    }
}
