import AgentProtocol
import Domain
import JSON

/// What reading a request came to: `ok`, or the error's code and the member that it names.
enum Outcome: Equatable, CustomStringConvertible {
    case ok
    case error(String, member: String?)

    static func invalid(_ member: String) -> Outcome { .error("invalid_params", member: member) }
    static let notFound = Outcome.error("not_found", member: nil)

    var description: String {
        switch self {
        case .ok: "ok"
        case .error(let code, let member): "\(code) \(member ?? "")"
        }
    }
}

func request(_ method: String, _ params: String) throws -> AgentRequest {
    let frame = #"{"jsonrpc":"2.0","id":1,"method":"\#(method)","params":\#(params)}"#
    return try AgentRequest(AgentCall(frame: frame.utf8))
}

func outcome(_ method: String, _ params: String) -> Outcome {
    do {
        _ = try request(method, params)
        return .ok
    } catch let error as EralinkError {
        let member = error.details.first { $0.name == "member" }
        guard case .string(let path) = member?.value else { return .error(error.code.name, member: nil) }
        return .error(error.code.name, member: path)
    } catch {
        return .error("\(error)", member: nil)
    }
}

func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }
