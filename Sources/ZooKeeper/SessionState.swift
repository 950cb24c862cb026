/// The life of one session.
///
/// `suspended` means that the server may already count the session as gone: whoever leads by it must stop leading then, not
/// when `expired` is told, which can only come once a server is reached again.
package enum SessionState: Sendable, Equatable {
    case connecting
    case connected(id: Int64)
    case suspended
    case expired
    case authFailed
    case closed

    /// Whether the session will never be connected again.
    package var isFinal: Bool {
        switch self {
        case .connecting, .connected, .suspended: false
        case .expired, .authFailed, .closed: true
        }
    }

    package var isConnected: Bool {
        if case .connected = self { true } else { false }
    }
}
