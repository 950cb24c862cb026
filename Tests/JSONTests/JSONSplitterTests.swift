import JSON
import Testing

@Suite("splitting JSON without reading it")
struct JSONSplitterTests {
    private func elements(_ text: String, _ member: String? = nil) throws(JSONError) -> [String] {
        let bytes = Array(text.utf8)
        return try JSONSplitter.elements(of: bytes, inMember: member).map { String(decoding: bytes[$0], as: UTF8.self) }
    }

    @Test(
        "elements keep their bytes",
        arguments: [
            ("[]", []), (" [ ] ", []), ("[1]", ["1"]),
            ("[ 1 , \"a,]\" , {\"x\":[1,{}]} ]", ["1", "\"a,]\"", "{\"x\":[1,{}]}"]),
            (#"["\"",null,"\\"]"#, [#""\"""#, "null", #""\\""#]), ("[[[]],{}]", ["[[]]", "{}"]),
        ])
    func splits(text: String, expected: [String]) throws {
        #expect(try elements(text) == expected)
    }

    @Test("one broken or bottomless element leaves its siblings readable")
    func siblings() throws {
        let deep = String(repeating: "[", count: 100_000) + String(repeating: "]", count: 100_000)
        let text =
            #"{"ok":true,"result":[{"update_id":1},{"update_id":},\#(deep),{"update_id":"\ud800"},{"update_id":4}],"x":[9]}"#
        let parts = try elements(text, "result")
        #expect(parts.count == 5)
        #expect(parts[2] == deep)
        let kinds = parts.map { part in
            do throws(JSONError) {
                return try JSONDocument(parsing: part.utf8).hasUnstorableText ? "flawed" : "good"
            } catch {
                return error.kind == .tooDeep(limit: 64) ? "deep" : "bad"
            }
        }
        #expect(kinds == ["good", "bad", "deep", "flawed", "good"])
    }

    @Test(
        "what is around the elements must be JSON",
        arguments: [
            "", "{", #"{"result":1}"#, #"{"other":[]}"#, #"{"result":[1}"#, #"{"result":[1,]}"#,
            #"{"result":[1] "a":2}"#, #"[1]"#,
        ])
    func refuses(text: String) {
        #expect(throws: JSONError.self) { try elements(text, "result") }
    }

    @Test("members are named, escapes in names included")
    func members() throws {
        let bytes = Array(#" {"ok" : true, "r\u0065sult":[1, 2], "n":{"a":"}"}} "#.utf8)
        let found = try JSONSplitter.members(of: bytes)
        #expect(found.map(\.name) == ["ok", "result", "n"])
        #expect(found.map { String(decoding: bytes[$0.value], as: UTF8.self) } == ["true", "[1, 2]", #"{"a":"}"}"#])
    }
}
