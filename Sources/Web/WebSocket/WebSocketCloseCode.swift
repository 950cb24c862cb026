/// A close code: those of RFC 6455 and Eralink's own. 4000–4499 ask the client to reconnect and resume, 4500–4999 not to
/// (agent-api.md, "Connection").
package struct WebSocketCloseCode: Sendable, Hashable, CustomStringConvertible {
    package let number: UInt16

    package init(_ number: UInt16) { self.number = number }

    package static let normal = Self(1000)
    package static let goingAway = Self(1001)
    package static let protocolError = Self(1002)
    package static let notUTF8 = Self(1007)
    package static let messageTooLarge = Self(1009)
    package static let internalError = Self(1011)
    package static let shuttingDown = Self(4001)
    package static let tooSlow = Self(4008)
    package static let noPong = Self(4012)
    package static let tooMuchInFlight = Self(4013)
    package static let badFrame = Self(4501)
    package static let unauthorized = Self(4502)
    package static let tokenEnded = Self(4503)
    package static let noHello = Self(4504)
    package static let replaced = Self(4509)

    package var description: String { String(number) }

    /// Whether a peer may send it in a close frame (RFC 6455, section 7.4).
    var isAllowedOnTheWire: Bool {
        switch number {
        case 1000...1003, 1007...1014, 3000...4999: true
        default: false
        }
    }
}
