import NIOCore

/// The life of one WebSocket as a machine without I/O: pings and pongs, a socket that takes nothing, and the close
/// handshake with its timeout (RFC 6455, section 7).
struct WebSocketLifecycle {
    enum Action: Equatable {
        case none
        case sendPing
        /// Send a close frame and take no more messages. `thenEnd`: it answers the peer's, or what answers it is not read.
        case sendClose(WebSocketCloseCode?, reason: String, thenEnd: Bool)
        case cut
    }

    private enum State: Equatable {
        case open
        case closeSent(deadline: NIODeadline)
        /// Both close frames are out: only the connection itself is still to end.
        case finishing(deadline: NIODeadline)
        case ended
    }

    private let pingEvery: TimeAmount
    private let pongWithin: TimeAmount
    private let stalledAfter: TimeAmount
    private let closeWithin: TimeAmount
    private var state = State.open
    private var nextPing: NIODeadline
    private var pongDue: NIODeadline?
    private var lastTick: NIODeadline
    private var takenSince: NIODeadline
    private var taken = 0
    private(set) var end = WebSocketEnd(by: .nobody, code: nil)

    init(policy: WebSocketPolicy, now: NIODeadline) {
        pingEvery = TimeAmount(policy.pingEvery)
        pongWithin = TimeAmount(policy.pongWithin)
        stalledAfter = TimeAmount(policy.stalledAfter)
        closeWithin = TimeAmount(policy.closeWithin)
        nextPing = now + TimeAmount(policy.pingEvery)
        lastTick = now
        takenSince = now
    }

    /// Whether messages are still taken and sent.
    var isOpen: Bool { state == .open }

    mutating func pongCame() { pongDue = nil }

    /// We close: by the session's wish, or because of a fault of the peer (`isFault`, after which nothing it sends is read).
    mutating func close(
        _ code: WebSocketCloseCode, reason: String, isFault: Bool = false, now: NIODeadline
    ) -> Action {
        guard state == .open else { return .none }
        end = WebSocketEnd(by: .us, code: code)
        state = .closeSent(deadline: now + closeWithin)
        return .sendClose(code, reason: Self.fitting(reason), thenEnd: isFault)
    }

    /// The peer's close frame: its payload, empty or a code and a reason.
    mutating func closeCame(_ payload: [UInt8], now: NIODeadline) -> Action {
        switch state {
        case .ended, .finishing: return .none
        case .closeSent:
            state = .ended
            return .cut
        case .open:
            guard !payload.isEmpty else {
                end = WebSocketEnd(by: .peer, code: nil)
                state = .finishing(deadline: now + closeWithin)
                return .sendClose(nil, reason: "", thenEnd: true)
            }
            guard payload.count >= 2 else { return close(.protocolError, reason: "", isFault: true, now: now) }
            let code = WebSocketCloseCode(UInt16(payload[0]) << 8 | UInt16(payload[1]))
            guard code.isAllowedOnTheWire, String(validating: payload[2...], as: UTF8.self) != nil else {
                return close(.protocolError, reason: "", isFault: true, now: now)
            }
            end = WebSocketEnd(by: .peer, code: code)
            state = .finishing(deadline: now + closeWithin)
            return .sendClose(code, reason: "", thenEnd: true)
        }
    }

    /// The peer's side of the connection ended.
    mutating func inputEnded() -> Action {
        guard state != .ended else { return .none }
        state = .ended
        return .cut
    }

    /// Time passes. `taken` counts the bytes that the socket has taken so far, `waiting` those it has yet to take,
    /// `isReading` is false while the session has stopped reading.
    mutating func tick(
        now: NIODeadline, taken: Int, waiting: Int, isReading: Bool, reason: (WebSocketCloseCode) -> String
    ) -> Action {
        let passed = now - lastTick
        lastTick = now
        switch state {
        case .ended: return .none
        case .closeSent(let deadline), .finishing(let deadline):
            guard deadline <= now else { return .none }
            state = .ended
            return .cut
        case .open: break
        }
        if waiting == 0 || taken != self.taken {
            self.taken = taken
            takenSince = now
        } else if takenSince + stalledAfter <= now {
            return close(.tooSlow, reason: reason(.tooSlow), now: now)
        }
        if let due = pongDue {
            if !isReading { pongDue = due + passed }
            if due <= now, isReading { return close(.noPong, reason: reason(.noPong), now: now) }
            return .none
        }
        guard nextPing <= now else { return .none }
        nextPing = now + pingEvery
        pongDue = now + pongWithin
        return .sendPing
    }

    /// At most 123 bytes, cut between characters.
    private static func fitting(_ reason: String) -> String {
        var reason = reason
        while reason.utf8.count > 123 { reason.removeLast() }
        return reason
    }
}
