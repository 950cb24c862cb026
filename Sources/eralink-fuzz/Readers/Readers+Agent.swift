import AgentProtocol
import Domain
import JSON

extension Reader {
    /// What was read can be written, and reads as the same; the splitter sees the same members and elements in it.
    static let json = Reader("json", tests: "JSONTests", "AgentProtocolTests") { bytes in
        let limits = JSONLimits(invalidUTF8: .replace, duplicateNames: .note)
        let lenient = try? JSONDocument(parsing: bytes, limits: limits)
        let members = try? JSONSplitter.members(of: bytes)
        let elements = try? JSONSplitter.elements(of: bytes)
        if let strict = try? JSONDocument(parsing: bytes) {
            demand(lenient?.value == strict.value, "a lenient reader reads valid JSON as something else")
        }
        guard let lenient else { return }
        let value = lenient.value
        let written = JSONWriter.bytes(of: value)
        let again = try? JSONDocument(parsing: written)
        demand(again.map { JSONWriter.bytes(of: $0.value) } == written, "what was written reads as something else")
        demand(again?.hasUnstorableText == false, "what was written cannot be stored")
        demand((try? JSONValue(parsing: value.indented)) == value, "what was indented reads as something else")
        let canonical = value.canonicalBytes
        let canonicalAgain = (try? JSONValue(parsing: canonical))?.canonicalBytes
        demand(canonicalAgain == canonical, "the canonical form has another canonical form")
        if let array = value.array {
            demand(elements?.map { part(bytes[$0]) } == array, "the splitter sees other elements")
        }
        if let object = value.object {
            demand(members?.map(\.name) == object.map(\.name), "the splitter sees other members")
            demand(members?.map { part(bytes[$0.value]) } == object.map(\.value), "the splitter sees other values")
        }
    }

    private static func part(_ bytes: ArraySlice<UInt8>) -> JSONValue? {
        try? JSONValue(parsing: bytes, limits: JSONLimits(invalidUTF8: .replace))
    }

    /// A text frame's JSON-RPC, down to the params of its method.
    static let requests = Reader("requests", tests: "AgentProtocolTests", seeds: calls, read: request)

    static func request(_ frame: [UInt8]) {
        let call: AgentCall
        do throws(RejectedFrame) {
            call = try AgentCall(frame: frame)
        } catch {
            demand([.parseError, .invalidRequest].contains(error.error.code), "a frame is refused with another code")
            let reply = ServerFrame.failure(error.id, error.error)
            guard case .failure(let id, let read) = ServerMessage(frame: reply) else {
                return demand(false, "a refusal cannot be read")
            }
            return demand(id == error.id && read.code == error.error.code, "a refusal reads as another")
        }
        demand(
            ServerMessage(frame: ServerFrame.result(call.id, Array("{}".utf8))) == .result(call.id, .object([])),
            "a request's id comes back as another")
        guard let request = try? AgentRequest(call) else { return }
        guard let body = request.idempotencyBody else { return }
        demand(
            readAgain(body, as: call.method)?.idempotencyBody == body,
            "what is compared of a request is not the request")
    }

    /// The request that has this body.
    private static func readAgain(_ body: [UInt8], as method: String) -> AgentRequest? {
        guard let members = (try? JSONValue(parsing: body))?.object else { return nil }
        let frame = JSONWriter.object { writer in
            writer.member("jsonrpc", "2.0")
            writer.member("id", "1")
            writer.member("method", method)
            writer.object("params") { params in
                params.member("msg_id", "m")
                for member in members where member.name != "method" {
                    switch member.name {
                    case "external_id", "phone": params.member("to", JSONValue.object([member]))
                    default: params.member(member.name, member.value)
                    }
                }
            }
        }
        return (try? AgentCall(frame: frame)).flatMap { try? AgentRequest($0) }
    }

    /// Frames as they are; params as those of every method; members as those of a send.
    @Sendable static func calls(_ text: String) -> [[UInt8]] {
        if text.hasPrefix("{") {
            return [Array(text.utf8)] + AgentMethod.allCases.map { call($0.rawValue, text) }
        }
        guard text.hasPrefix("\"") else { return [Array(text.utf8)] }
        return [call("message.send", #"{"interaction":"7","msg_id":"m1",\#(text)}"#)]
    }

    private static func call(_ method: String, _ params: String) -> [UInt8] {
        Array(#"{"jsonrpc":"2.0","id":1,"method":"\#(method)","params":\#(params)}"#.utf8)
    }
}
