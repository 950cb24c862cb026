import AgentProtocol
import Domain
import JSON
import Testing

/// A method with every member that it takes, and which of them may be left out.
struct MethodExample: CustomTestStringConvertible {
    var method: AgentMethod
    var members: [(name: String, value: String)]
    var optional: Set<String>

    init(_ method: AgentMethod, _ members: KeyValuePairs<String, String>, optional: Set<String> = []) {
        self.method = method
        self.members = members.map { ($0.key, $0.value) }
        self.optional = optional
    }

    var testDescription: String { method.rawValue }

    func params(without name: String? = nil, replacing replacement: (name: String, value: String)? = nil) -> String {
        var members = members.filter { $0.name != name }
        if let replacement {
            members.removeAll { $0.name == replacement.name }
            members.append(replacement)
        }
        return "{" + members.map { "\"\($0.name)\":\($0.value)" }.joined(separator: ",") + "}"
    }

    static let text = #"{"text":"Привет","entities":[{"kind":"bold","offset":0,"length":6}]}"#
    static let keyboard =
        #"{"type":"inline","rows":[[{"text":"Да","kind":"callback","data":"y","color":"positive"}]],"one_time":true,"persistent":false}"#
    static let leave =
        ["interaction": "\"7\"", "version": "3", "reason": "\"busy\"", "note": "\"later\""] as KeyValuePairs

    static let all: [MethodExample] = [
        .init(
            .sessionHello,
            [
                "token": "\"t\"", "client": "\"desktop/2.1\"", "cursor": "\"last\"", "exclusive": "true",
                "watch": #"{"accounts":["support"],"interactions":["7"],"agents":["bob"]}"#,
            ],
            optional: ["token", "client", "cursor", "exclusive", "watch"]),
        .init(.sessionAck, ["cursor": "\"e1-5\""]),
        .init(.presenceSet, ["state": "\"away\"", "reason": "\"lunch\""], optional: ["reason"]),
        .init(
            .interactionsList,
            [
                "from": "\"2026-01-31T10:00:00Z\"", "to": "\"2026-01-31T13:00:00.5+03:00\"", "state": "\"waiting\"",
                "account": "\"support\"",
                "agent": "\"anna\"", "query": "\"order\"", "limit": "200",
                "page":
                    "\"\(PageToken(moment: Timestamp(seconds: 1), last: .without(createdAt: Timestamp(seconds: 2), id: InteractionID(3))).text)\"",
            ],
            optional: ["from", "to", "state", "account", "agent", "query", "limit", "page"]),
        .init(.interactionGet, ["interaction": "\"7\""]),
        .init(.interactionAccept, ["interaction": "\"7\"", "version": "3"]),
        .init(.interactionRelease, leave, optional: ["reason", "note"]),
        .init(.interactionClose, leave, optional: ["reason", "note"]),
        .init(
            .interactionTransfer,
            ["interaction": "\"7\"", "version": "3", "to": "\"bob\"", "reason": "\"busy\"", "note": "\"later\""],
            optional: ["reason", "note"]),
        .init(
            .interactionStart,
            [
                "account": "\"support\"", "to": #"{"phone":"+79001234567"}"#, "msg_id": "\"m1\"",
                "content": #"{"kind":"text","text":\#(text),"keyboard":\#(keyboard),"adapt":"fallback"}"#,
                "take": "false",
            ],
            optional: ["content", "take"]),
        .init(
            .messageSend,
            [
                "interaction": "\"7\"", "msg_id": "\"m1\"", "kind": "\"text\"", "text": text, "reply_to": "\"9\"",
                "keyboard": keyboard,
                "adapt": "\"strict\"", "group": "\"g\"",
            ],
            optional: ["reply_to", "keyboard", "adapt", "group"]),
        .init(.messageEdit, ["message": "\"9\"", "text": text, "keyboard": keyboard], optional: ["keyboard"]),
        .init(.messageDelete, ["message": "\"9\""]),
        .init(.messageCancel, ["message": "\"9\""]),
        .init(.messageRetry, ["message": "\"9\""]),
        .init(.messageForward, ["message": "\"9\"", "to_interaction": "\"8\"", "msg_id": "\"m1\""]),
        .init(
            .messagesList, ["interaction": "\"7\"", "before_seq": "10", "limit": "1"],
            optional: ["before_seq", "limit"]),
        .init(.typingSet, ["interaction": "\"7\"", "on": "true"]),
        .init(.readMark, ["interaction": "\"7\"", "seq": "17"]),
        .init(.customerGet, ["customer": "\"7\""]),
        .init(
            .customerAskPhone, ["interaction": "\"7\"", "msg_id": "\"m1\"", "text": "\"Номер?\""], optional: ["text"]),
        .init(
            .customerUpdate,
            ["customer": "\"7\"", "name": "\"Ольга\"", "note": "\"\"", "attributes": #"{"city":"Омск"}"#],
            optional: ["name", "note", "attributes"]),
        .init(.callbackAnswer, ["callback": "\"c\"", "text": "\"ok\"", "alert": "true"], optional: ["text", "alert"]),
        .init(.capabilitiesGet, ["account": "\"support\""], optional: ["account"]),
        .init(.fileLink, ["file": "\"7\"", "ttl_s": "60"], optional: ["ttl_s"]),
        .init(.agentsList, [:]),
        .init(
            .watchStart, ["accounts": "[\"support\"]", "interactions": "[\"7\"]", "agents": "[\"bob\"]"],
            optional: ["accounts", "interactions", "agents"]),
        .init(
            .watchStop, ["accounts": "[]", "interactions": "[]", "agents": "[]"],
            optional: ["accounts", "interactions", "agents"]),
    ]
}

@Suite("the schema of every method")
struct SchemaTests {
    @Test("no method is left out")
    func complete() {
        #expect(Set(MethodExample.all.map(\.method)) == Set(AgentMethod.allCases))
    }

    @Test("all of its members together are taken, and in any order", arguments: MethodExample.all)
    func full(example: MethodExample) throws {
        let forward = try request(example.method.rawValue, example.params())
        var reversed = example
        reversed.members.reverse()
        #expect(try request(example.method.rawValue, reversed.params()) == forward)
    }

    @Test("a member more is refused by its name", arguments: MethodExample.all)
    func surplus(example: MethodExample) {
        #expect(outcome(example.method.rawValue, example.params(replacing: ("surplus", "1"))) == .invalid("surplus"))
    }

    @Test("a required member that is missing is named, an optional one is not missed", arguments: MethodExample.all)
    func missing(example: MethodExample) {
        for member in example.members {
            let expected: Outcome = example.optional.contains(member.name) ? .ok : .invalid(member.name)
            #expect(outcome(example.method.rawValue, example.params(without: member.name)) == expected)
        }
    }

    @Test("null and values of the wrong type are refused by the member's name", arguments: MethodExample.all)
    func wrongType(example: MethodExample) {
        for member in example.members {
            for value in ["null", "1.5", "[[]]", #"{"zz":1}"#, "true", "\"\"", "12"] {
                let sameType: Bool =
                    switch value {
                    case "true": ["true", "false"].contains(member.value)
                    case "12": Int(member.value) != nil
                    case "\"\"":
                        member.name == "note" && example.method == .customerUpdate
                            || ["client", "reason"].contains(member.name)
                    default: false
                    }
                guard !sameType else { continue }
                let outcome = outcome(example.method.rawValue, example.params(replacing: (member.name, value)))
                guard case .error("invalid_params", let named?) = outcome, named.hasPrefix(member.name) else {
                    Issue.record("\(example.method.rawValue) \(member.name)=\(value): \(outcome)")
                    continue
                }
            }
        }
    }

    @Test("text that cannot be kept is refused wherever it stands", arguments: MethodExample.all)
    func unstorable(example: MethodExample) {
        for member in example.members where member.value.hasPrefix("\"") {
            for bad in [#""a\u0000b""#, #""\ud800""#, #""\udfffa""#] {
                #expect(
                    outcome(example.method.rawValue, example.params(replacing: (member.name, bad)))
                        == .invalid(member.name))
            }
        }
    }
}
