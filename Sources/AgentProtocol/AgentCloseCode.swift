/// Why the server closes a session (agent-api.md, "Connection"): 4000–4499 ask the client to reconnect and resume, 4500–4999
/// not to.
package enum AgentCloseCode: UInt16, Sendable, CaseIterable {
    case shuttingDown = 4001
    case tooSlow = 4008
    case noPong = 4012
    case tooMuchInFlight = 4013
    case badFrame = 4501
    case unauthorized = 4502
    case tokenEnded = 4503
    case noHello = 4504
    case replaced = 4509

    package var text: String {
        switch self {
        case .shuttingDown: "the server shuts down; resume"
        case .tooSlow: "nothing was taken for 10 s; resume"
        case .noPong: "no pong in 8 s; resume"
        case .tooMuchInFlight: "too many requests in flight, or too many sessions of the token; resume"
        case .badFrame: "a frame that is no text"
        case .unauthorized: "not a live token"
        case .tokenEnded: "the token was revoked or has expired"
        case .noHello: "no session.hello within 10 s"
        case .replaced: "a newer exclusive session of the agent"
        }
    }
}
