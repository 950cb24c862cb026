import AgentProtocol
import Domain
import JSON
import Testing

@Suite("frames")
struct FrameTests {
    @Test(
        "a frame that is no request is refused with the id that could be read",
        arguments: [
            ("", "parse_error", nil), ("{", "parse_error", nil), ("nonsense", "parse_error", nil),
            (#"{"jsonrpc":"2.0","id":1,"method":"agents.list"} x"#, "parse_error", nil),
            ("[]", "invalid_request", nil),
            (#"[{"jsonrpc":"2.0","id":1,"method":"agents.list"}]"#, "invalid_request", nil),
            ("1", "invalid_request", nil), ("null", "invalid_request", nil), (#""x""#, "invalid_request", nil),
            ("{}", "invalid_request", nil),
            (#"{"id":"a","method":"agents.list"}"#, "invalid_request", #""a""#),
            (#"{"jsonrpc":"1.0","id":7,"method":"agents.list"}"#, "invalid_request", "7"),
            (#"{"jsonrpc":2.0,"id":7,"method":"agents.list"}"#, "invalid_request", "7"),
            (#"{"jsonrpc":"2.0","method":"agents.list"}"#, "invalid_request", nil),
            (#"{"jsonrpc":"2.0","id":null,"method":"agents.list"}"#, "invalid_request", nil),
            (#"{"jsonrpc":"2.0","id":1.5,"method":"agents.list"}"#, "invalid_request", nil),
            (#"{"jsonrpc":"2.0","id":true,"method":"agents.list"}"#, "invalid_request", nil),
            (#"{"jsonrpc":"2.0","id":{},"method":"agents.list"}"#, "invalid_request", nil),
            (#"{"jsonrpc":"2.0","id":"\ud800","method":"agents.list"}"#, "invalid_request", nil),
            (#"{"jsonrpc":"2.0","id":3}"#, "invalid_request", "3"),
            (#"{"jsonrpc":"2.0","id":3,"result":{}}"#, "invalid_request", "3"),
            (#"{"jsonrpc":"2.0","id":3,"method":5}"#, "invalid_request", "3"),
            (#"{"jsonrpc":"2.0","id":3,"method":"agents.list","params":[]}"#, "invalid_request", "3"),
            (#"{"jsonrpc":"2.0","id":3,"method":"agents.list","params":null}"#, "invalid_request", "3"),
            (#"{"jsonrpc":"2.0","id":3,"method":"agents.list","params":"x"}"#, "invalid_request", "3"),
            (#"{"jsonrpc":"2.0","id":3,"method":"agents.list","method":"agents.list"}"#, "invalid_request", "3"),
        ] as [(String, String, String?)])
    func rejected(frame: String, code: String, id: String?) throws {
        let rejected = #expect(throws: RejectedFrame.self) { try AgentCall(frame: frame.utf8) }
        #expect(rejected?.error.code.name == code)
        #expect(rejected?.id.map { text(JSONWriter.bytes(of: $0)) } == id)
    }

    @Test("ids have at most 64 bytes and come back as they came")
    func ids() throws {
        for id in [
            #""""#, #""a""#, #""\#(String(repeating: "ж", count: 32))""#, "0", "-7", "123456789012345678901234567890",
        ] {
            let call = try AgentCall(frame: #"{"jsonrpc":"2.0","id":\#(id),"method":"m"}"#.utf8)
            #expect(
                text(ServerFrame.result(call.id, AgentResult.empty)) == #"{"jsonrpc":"2.0","id":\#(id),"result":{}}"#)
        }
        for id in [#""\#(String(repeating: "a", count: 65))""#, String(repeating: "1", count: 65), "1e3"] {
            #expect(throws: RejectedFrame.self) {
                try AgentCall(frame: #"{"jsonrpc":"2.0","id":\#(id),"method":"m"}"#.utf8)
            }
        }
    }

    @Test("a frame nested too deep is refused with its id")
    func tooDeep() {
        let deep = String(repeating: "[", count: 100_000) + String(repeating: "]", count: 100_000)
        let rejected = #expect(throws: RejectedFrame.self) {
            try AgentCall(frame: #"{"jsonrpc":"2.0","params":{"a":\#(deep)},"id":"x","method":"m"}"#.utf8)
        }
        #expect(rejected?.id == .string("x"))
        #expect(rejected?.error.code == .invalidRequest)
    }

    @Test("an unknown method is told, an unknown member of the envelope is invalid_params")
    func unknown() throws {
        #expect(outcome("no.such", "{}") == .error("method_not_found", member: nil))
        let call = try AgentCall(frame: #"{"jsonrpc":"2.0","id":1,"method":"agents.list","extra":1}"#.utf8)
        let error = #expect(throws: EralinkError.self) { try AgentRequest(call) }
        #expect(error?.details == [.init("member", "extra")])
    }

    @Test("params may be left out where nothing is required")
    func withoutParams() throws {
        #expect(
            try AgentRequest(AgentCall(frame: #"{"jsonrpc":"2.0","id":1,"method":"agents.list"}"#.utf8)) == .agentsList)
    }

    @Test("error frames carry the contract's members")
    func failure() {
        let error = EralinkError(
            .rateLimited, "slow down", retryAfterMilliseconds: 1500,
            details: [.init("agent", nil), .init("n", .integer(3))])
        #expect(
            text(ServerFrame.failure(nil, error))
                == #"{"jsonrpc":"2.0","id":null,"error":{"code":-32010,"message":"slow down","data":{"code":"rate_limited","retryable":true,"#
                + #""retry_after_ms":1500,"details":{"agent":null,"n":3}}}}"#)
    }

    @Test("events carry cursor, type, time, interaction and data; those that are not replayed carry no cursor")
    func events() {
        let at = Timestamp(seconds: 1_769_853_600)
        #expect(
            text(
                ServerFrame.event(
                    .messageDeleted, cursor: Cursor(epoch: "e1", position: 9), at: at, interaction: InteractionID(5),
                    data: "{}".utf8))
                == #"{"jsonrpc":"2.0","method":"event","params":{"cursor":"e1-9","type":"message.deleted","at":"2026-01-31T10:00:00.000Z","#
                + #""interaction":"5","data":{}}}"#)
        #expect(
            text(
                ServerFrame.event(.draining, cursor: nil, at: at, interaction: nil, data: #"{"retry_after_ms":5}"#.utf8)
            )
                == #"{"jsonrpc":"2.0","method":"event","params":{"type":"draining","at":"2026-01-31T10:00:00.000Z","#
                + #""interaction":null,"data":{"retry_after_ms":5}}}"#)
    }

    @Test("what a server writes a client reads")
    func clientReads() throws {
        let error = EralinkError(
            .conflict, "owned by bob",
            details: [.init("agent", "bob"), .init("version", .integer(4)), .init("s", .strings(["a"]))])
        #expect(ServerMessage(frame: ServerFrame.failure(.string("1"), error)) == .failure(.string("1"), error))
        #expect(
            ServerMessage(frame: ServerFrame.result(.string("1"), AgentResult.empty))
                == .result(.string("1"), .object([])))
        let cursor = Cursor(epoch: "a", position: 3)
        let frame = ServerFrame.event(
            .live, cursor: cursor, at: Timestamp(seconds: 0), interaction: nil, data: AgentEvent.live.data)
        guard case .event(let event) = ServerMessage(frame: frame) else {
            Issue.record("no event")
            return
        }
        #expect(event.cursor == cursor)
        #expect(event.type == "live")
        #expect(event.interaction == nil)
        for frame in ["", "{}", #"{"jsonrpc":"2.0","id":1}"#, #"{"jsonrpc":"2.0","method":"other","params":{}}"#] {
            #expect(ServerMessage(frame: frame.utf8) == nil)
        }
        let sent = ClientFrame.request(
            .integer(digits: "4"), .typingSet, params: #"{"interaction":"7","on":true}"#.utf8)
        #expect(try AgentRequest(AgentCall(frame: sent)) == request("typing.set", #"{"interaction":"7","on":true}"#))
    }
}
