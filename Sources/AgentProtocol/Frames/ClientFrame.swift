import Domain
import JSON

/// The frames of a client: requests out, and what a server sends in.
package enum ClientFrame {
    /// A request whose params are encoded already.
    package static func request(_ id: RequestID, _ method: AgentMethod, params: some Collection<UInt8>) -> [UInt8] {
        JSONWriter.object {
            $0.member("jsonrpc", "2.0")
            $0.member("id", id)
            $0.member("method", method.rawValue)
            $0.rawMember("params", params)
        }
    }
}

/// What a server sent, as a client reads it. Unknown members are passed over.
package enum ServerMessage: Sendable, Equatable {
    case result(RequestID, JSONValue)
    /// The id is nil where the server could not read that of the request.
    case failure(RequestID?, EralinkError)
    case event(ServerEvent)

    /// Nil where the frame is no frame of this API.
    package init?(frame: some Collection<UInt8>) {
        guard let json = try? JSONValue(parsing: frame), json["jsonrpc"] == .string("2.0") else { return nil }
        let id = json["id"].flatMap(RequestID.init)
        if let result = json["result"], let id {
            self = .result(id, result)
        } else if let error = json["error"].flatMap(EralinkError.init(json:)) {
            self = .failure(id, error)
        } else if json["method"] == .string("event"), let event = json["params"].flatMap(ServerEvent.init) {
            self = .event(event)
        } else {
            return nil
        }
    }
}

package struct ServerEvent: Sendable, Equatable {
    package var cursor: Cursor?
    /// As it came, since later versions add types.
    package var type: String
    package var at: Timestamp
    package var interaction: InteractionID?
    package var data: JSONValue
    /// The params as a whole.
    package var params: JSONValue

    package init?(params: JSONValue) {
        guard let type = params["type"]?.string, let at = params["at"]?.string.flatMap({ Timestamp(rfc3339: $0) })
        else { return nil }
        cursor = params["cursor"]?.string.flatMap { Cursor(text: $0) }
        self.type = type
        self.at = at
        interaction = params["interaction"]?.string.flatMap { InteractionID(text: $0) }
        data = params["data"] ?? .object([])
        self.params = params
    }
}
