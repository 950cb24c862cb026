import JSON
import Testing

@Suite("reading JSON")
struct JSONParsingTests {
    @Test(
        "a valid text is taken and written back compact",
        arguments: [
            ("null", "null"), ("true", "true"), (" false ", "false"), ("0", "0"), ("-0", "-0"), ("-0.5e-3", "-0.5e-3"),
            ("1E+2", "1E+2"), ("12345678901234567890123", "12345678901234567890123"), (#""""#, #""""#),
            ("[]", "[]"), ("[ ]", "[]"), ("{}", "{}"), ("{ }", "{}"), ("[1,\t2\r\n,3]", "[1,2,3]"),
            (#"{"a":{"b":[{}]},"":1}"#, #"{"a":{"b":[{}]},"":1}"#),
            (#""\u0041\/\b\f\n\r\t\"\\""#, #""A/\b\f\n\r\t\"\\""#),
            (#""\ud83d\ude00""#, #""😀""#), (#""\uD83D\uDE00x""#, #""😀x""#),
            ("\"\u{2028}\u{7f}\"", "\"\u{2028}\u{7f}\""),
            (#""\u0001\u001f""#, #""\u0001\u001f""#), (#"{"a":1,"a":2}"#, #"{"a":1,"a":2}"#),
            (#""\ufeff""#, "\"\u{feff}\""),
            ("\"Привет, 世界\"", "\"Привет, 世界\""), (#"{"\u0061":1}"#, #"{"a":1}"#), ("[[[[1]]]]", "[[[[1]]]]"),
        ])
    func takes(text: String, compact: String) throws {
        let document = try JSONDocument(parsing: text.utf8)
        #expect(JSONWriter.bytes(of: document.value) == Array(compact.utf8))
        #expect(document.flaws.isEmpty)
    }

    @Test(
        "what is no JSON is refused at its byte",
        arguments: [
            ("", 0), ("  ", 2), ("nul", 3), ("nulx", 3), ("True", 0), ("[1,]", 3), ("[,1]", 1), ("[1", 2), ("[1 2]", 3),
            ("]", 0),
            ("{", 1), (#"{"a"}"#, 4), (#"{"a":}"#, 5), (#"{"a":1,}"#, 7), (#"{"a" 1}"#, 5), ("{a:1}", 1), ("{1:1}", 1),
            (#"{"a":1"#, 6),
            ("01", 0), ("-", 1), ("-a", 0), ("1.", 2), (".1", 0), ("1e", 2), ("1e+", 3), ("+1", 0), ("0x1", 1),
            ("1.e1", 0), ("-01", 0),
            ("NaN", 0), ("Infinity", 0), ("1 2", 2), ("[] x", 3), ("'a'", 0), ("\"a", 2), ("\"a\nb\"", 2),
            ("\"\u{0}\"", 1),
            (#""\x""#, 1), (#""\u12""#, 1), (#""\u12g4""#, 1), (#""\"#, 2), (#""\u00"#, 5), ("\u{feff}1", 0),
            ("// x\n1", 0), ("[1]//", 3),
        ])
    func refuses(text: String, offset: Int) {
        let error = #expect(throws: JSONError.self) { try JSONDocument(parsing: text.utf8) }
        #expect(error?.offset == offset)
    }

    @Test("bytes that are not contiguous read the same")
    func notContiguous() throws {
        let value = try JSONValue(parsing: Array("[1,\"ä\"]".utf8).lazy.map { $0 })
        #expect(value == .array([.number(1), .string("ä")]))
    }

    @Test("nesting up to the limit is read and one deeper is refused there")
    func depth() throws {
        let fits = String(repeating: "[", count: 64) + String(repeating: "]", count: 64)
        _ = try JSONValue(parsing: fits)
        let error = #expect(throws: JSONError.self) { try JSONValue(parsing: "[" + fits + "]") }
        #expect(error == JSONError(.tooDeep(limit: 64), at: 64))
        let endless = #expect(throws: JSONError.self) {
            try JSONValue(parsing: String(repeating: #"{"a":"#, count: 1_000_000))
        }
        #expect(endless?.kind == .tooDeep(limit: 64))
    }

    @Test("numbers keep what 64 bits hold")
    func numbers() throws {
        let value = try JSONValue(
            parsing: "[9223372036854775807,-9223372036854775808,9223372036854775808,1.0,1e3,1.5,1e400,-0]")
        #expect(value.array?.map(\.int64) == [.max, .min, nil, 1, 1000, nil, nil, 0])
        #expect(value[5]?.double == 1.5)
        #expect(value[6]?.double == nil)
    }

    @Test("a doubled member reads as the last, is a flaw or is an error, as asked")
    func duplicates() throws {
        let text = #"{"x":[{"a":1,"b":2,"a":3}]}"#
        #expect(try JSONValue(parsing: text)["x"]?[0]?["a"]?.int64 == 3)
        let noted = try JSONDocument(parsing: text.utf8, limits: .init(duplicateNames: .note))
        #expect(noted.flaws.kinds == .duplicateName)
        #expect(noted.flaws.firstPath == "x[0].a")
        #expect(!noted.hasUnstorableText)
        let error = #expect(throws: JSONError.self) {
            try JSONValue(parsing: text, limits: .init(duplicateNames: .refuse))
        }
        #expect(error?.kind == .duplicateName("a"))
        let many = "{" + (0..<100).map { "\"m\($0)\":0" }.joined(separator: ",")
        let limits = JSONLimits(duplicateNames: .note)
        #expect(try JSONDocument(parsing: (many + "}").utf8, limits: limits).flaws.isEmpty)
        #expect(try JSONDocument(parsing: (many + ",\"m7\":1}").utf8, limits: limits).flaws.firstPath == "m7")
    }

    @Test("accessors give nil for what is of another kind")
    func accessors() throws {
        let value = try JSONValue(parsing: #"{"s":"x","n":7,"b":true,"z":null,"a":[1],"o":{"k":"v"}}"#)
        #expect(value["s"]?.string == "x")
        #expect(value["n"]?.int64 == 7)
        #expect(value["b"]?.bool == true)
        #expect(value["z"]?.isNull == true)
        #expect(value["a"]?.array?.count == 1)
        #expect(value["o"]?.object?.count == 1)
        #expect(value["s"]?.int64 == nil)
        #expect(value["n"]?.string == nil)
        #expect(value["s"]?["x"] == nil)
        #expect(value["a"]?[1] == nil)
        #expect(value["missing"] == nil)
    }

    @Test("mapping errors name the place")
    func nodes() throws {
        let root = JSONNode(try JSONValue(parsing: #"{"m":{"e":[{"u":1},{"u":null}]}}"#))
        let elements = try root.member("m").member("e").elements()
        #expect(try elements[0].member("u").int64() == 1)
        #expect(throws: JSONMappingError(path: "m.e[0].u", problem: "is a number and must be a string")) {
            try elements[0].member("u").string()
        }
        #expect(throws: JSONMappingError(path: "m.e[1].u", problem: "is missing")) { try elements[1].member("u") }
        #expect(elements[1]["u"] == nil)
    }
}
