import AgentProtocol
import Domain
import FoundationEssentials
import JSON
import TestSupport
import Testing

/// The schemas of requests against the readers: whatever one of them takes, the other takes.
@Suite("the schema of every request says what its reader does")
struct ReadingSchemaTests {
    /// What no JSON Schema can say: the reader refuses the call, the schema lets it pass. The reason, or nil.
    private static func excuse(_ call: (String, String)) -> String? {
        let (method, params) = call
        if params.contains(#"\u200b\ufeff"#) { return "invisible characters" }
        if params.contains(#""attributes":{"a":"aaaa"#) { return "bytes" }
        if params.contains(#""attributes":{"":"#) { return "an empty name" }
        if params.contains(#""entities":["#) { return "the length of the text" }
        if params.contains(#""text":"a","text":"b""#) { return "a name twice" }
        if params.contains(#""2026-02-30"#) { return "the calendar" }
        if method == "interactions.list", params.contains(#""page":"a"#) { return "a checksum" }
        return nil
    }

    private static func accepts(_ method: AgentMethod, _ params: String, _ check: inout SchemaCheck) -> [String] {
        guard let value = try? JSONValue(parsing: params, limits: JSONLimits(duplicateNames: .note)) else {
            return ["not JSON"]
        }
        return check.problems(of: value, method.params, at: method.rawValue)
    }

    private static func isTaken(_ outcome: Outcome) -> Bool { outcome == .ok || outcome == .notFound }

    @Test("row by row, what can be sent", arguments: ["sends", "entities", "keyboards", "names", "figures"])
    func rows(table: String) throws {
        let rows =
            switch table {
            case "sends": ParamsRows.sends
            case "entities": ParamsRows.entities
            case "keyboards": ParamsRows.keyboards
            case "names": ParamsRows.names
            default: ParamsRows.figures
            }
        for row in rows {
            let method = try #require(AgentMethod(rawValue: row.call.0))
            var check = SchemaCheck()
            let problems = Self.accepts(method, row.call.1, &check)
            if Self.isTaken(row.expected) {
                #expect(problems.isEmpty, "\(row.call)")
            } else if problems.isEmpty {
                #expect(Self.excuse(row.call) != nil, "the schema takes \(row.call)")
            }
        }
    }

    @Test("with a member more, one less, and of every wrong type", arguments: MethodExample.all)
    func variations(example: MethodExample) {
        var variations = [example.params(), example.params(replacing: ("surplus", "1"))]
        for member in example.members {
            variations.append(example.params(without: member.name))
            for value in ["null", "1.5", "[[]]", #"{"zz":1}"#, "true", "\"\"", "12"] {
                variations.append(example.params(replacing: (member.name, value)))
            }
        }
        for params in variations {
            var check = SchemaCheck()
            let problems = Self.accepts(example.method, params, &check)
            let outcome = outcome(example.method.rawValue, params)
            #expect(
                Self.isTaken(outcome) == problems.isEmpty,
                "\(example.method.rawValue) \(params): \(outcome), \(problems)")
        }
    }

    @Test("no schema lists a member that no reader takes, or calls one optional that must be there")
    func gaps() throws {
        var check = SchemaCheck()
        var calls = MethodExample.all.flatMap { example in
            [(example.method, example.params())]
                + example.optional.map { (example.method, example.params(without: $0)) }
        }
        let tables =
            ParamsRows.sends + ParamsRows.entities + ParamsRows.keyboards + ParamsRows.names + ParamsRows.figures
        for row in tables + Self.more where row.expected == .ok {
            calls.append((try #require(AgentMethod(rawValue: row.call.0)), row.call.1))
        }
        for (method, params) in calls {
            #expect(outcome(method.rawValue, params) == .ok, "\(params)")
            _ = Self.accepts(method, params, &check)
        }
        #expect(check.gaps == [])
    }

    @Test("no reader asks for a member that no schema lists")
    func asked() throws {
        let sources = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "Sources/AgentProtocol")
        var asked: Set<String> = []
        for folder in ["Requests", "Content"] {
            for file in try FileManager.default.contentsOfDirectory(atPath: sources.appending(path: folder).path) {
                let text = try String(contentsOf: sources.appending(path: "\(folder)/\(file)"), encoding: .utf8)
                asked.formUnion(
                    text.matches(of: /(?:required|optional)\(\s*"([a-z_]+)"\) \{/).map { String($0.output.1) })
            }
        }
        #expect(asked.count > 40)
        let schemas = AgentMethod.allCases.map(\.params) + Schemas.components.map(\.schema)
        let listed = Set(schemas.flatMap(Self.requested))
        #expect(asked.subtracting(listed) == [])
    }

    /// The members of a request's objects, at any depth but those of components.
    private static func requested(_ schema: Schema) -> [String] {
        switch schema.shape {
        case .object(let object) where object.others != .ignored:
            object.members.flatMap { [$0.name] + requested($0.schema) }
        case .array(let element, _): requested(element)
        case .one(let schemas): schemas.flatMap(requested)
        default: []
        }
    }

    /// Every kind with everything in it.
    private static let more: [ParamsRow] =
        MediaKind.allCases.flatMap { kind -> [ParamsRow] in
            let all = #"{"file":"1","name":"n","caption":"c","width":1,"height":1,"duration":1}"#
            return [
                (ParamsRows.send(#""kind":"\#(kind.rawValue)","\#(kind.rawValue)":\#(all)"#), .ok),
                (startWith(kind.rawValue, all), .ok),
            ]
        } + [
            (ParamsRows.entity(#"{"type":"bold","offset":0,"length":1}"#), .ok),
            (ParamsRows.send(#""kind":"location","location":{"latitude":1,"longitude":1}"#), .ok),
            (startWith("contact", #"{"name":"A","phone":"+79001234567"}"#), .ok),
            (startWith("location", #"{"latitude":1,"longitude":1}"#), .ok),
            (startWith("template", #"{"name":"n","language":"ru","params":[]}"#), .ok),
            (ParamsRows.keyboard(#"{"type":"remove","one_time":true,"persistent":true}"#), .ok),
            (
                ParamsRows.keyboard(
                    #"{"type":"reply","rows":[[{"text":"a","kind":"text","data":"d","color":"primary"}]]}"#), .ok
            ),
            (ParamsRows.button(#"{"text":"a","kind":"url","url":"https://a","color":"primary"}"#), .ok),
            (ParamsRows.button(#"{"text":"a","kind":"phone","color":"primary"}"#), .ok),
            (("messages.list", #"{"interaction":"7","before_seq":1}"#), .ok),
            (("session.hello", #"{"watch":{}}"#), .ok),
            (("customer.update", #"{"customer":"7","note":"n"}"#), .ok),
        ]

    private static func startWith(_ kind: String, _ content: String) -> (String, String) {
        ParamsRows.start(
            #""to":{"external_id":"4"},"msg_id":"m","content":{"kind":"\#(kind)","\#(kind)":\#(content)}"#)
    }
}
