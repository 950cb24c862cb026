import NIOCore

/// What one connection owes and waits for on its HTTP side, without I/O: which requests are unanswered, whether the
/// connection lives on after a response, and which deadline comes next.
struct HTTPConnectionState {
    private struct Unanswered {
        var keepAlive: Bool
        var isHead: Bool
        var isOldVersion: Bool
    }

    private let headerTimeout: TimeAmount
    private let idleTimeout: TimeAmount
    private var unanswered: [Unanswered] = []
    private(set) var isReadingBody = false
    private(set) var responseBegun = false
    private(set) var isQuiescing = false
    private var headSince: NIODeadline?
    private var anyByteOfHead = false
    private var lastActivity: NIODeadline
    private var wantsBytes = true
    private var unwritableSince: NIODeadline?
    private var lingeringUntil: NIODeadline?

    /// The time a closed connection's input is still read and dropped, so that the peer's system does not throw away the response.
    static let lingering = TimeAmount.seconds(2)

    init(headerTimeout: TimeAmount, idleTimeout: TimeAmount, now: NIODeadline) {
        self.headerTimeout = headerTimeout
        self.idleTimeout = idleTimeout
        lastActivity = now
        headSince = now
    }

    var isIdle: Bool { unanswered.isEmpty && !isReadingBody }

    var answersAtMostOne: Bool { unanswered.count <= 1 }

    mutating func bytesCame(now: NIODeadline) {
        lastActivity = now
        wantsBytes = false
        guard !isReadingBody else { return }
        if headSince == nil { headSince = now }
        anyByteOfHead = true
    }

    mutating func bytesWanted() { wantsBytes = true }

    /// The head of a request that will be answered.
    mutating func headCame(keepAlive: Bool, isHead: Bool, isOldVersion: Bool) {
        headSince = nil
        anyByteOfHead = false
        isReadingBody = true
        unanswered.append(Unanswered(keepAlive: keepAlive, isHead: isHead, isOldVersion: isOldVersion))
    }

    mutating func requestEnded() { isReadingBody = false }

    /// Nothing that follows can be understood: the connection ends after what is unanswered now.
    mutating func inputBroke() {
        isReadingBody = false
        headSince = nil
        isQuiescing = true
    }

    struct HeadFraming: Equatable {
        var close: Bool
        var isHead: Bool
        var isOldVersion: Bool
    }

    /// How the head of the next response is to be framed; `close` where the response itself asks for it.
    mutating func responseBegins(close: Bool) -> HeadFraming {
        responseBegun = true
        guard !unanswered.isEmpty else { return HeadFraming(close: true, isHead: false, isOldVersion: false) }
        if close || isQuiescing { unanswered[0].keepAlive = false }
        let first = unanswered[0]
        return HeadFraming(close: !first.keepAlive, isHead: first.isHead, isOldVersion: first.isOldVersion)
    }

    var answersHead: Bool { unanswered.first?.isHead ?? false }

    /// True where the connection is to be closed now.
    mutating func responseEnded(now: NIODeadline) -> Bool {
        responseBegun = false
        lastActivity = now
        guard !unanswered.isEmpty else { return true }
        return !unanswered.removeFirst().keepAlive || (isQuiescing && unanswered.isEmpty)
    }

    /// A graceful shutdown began: true where nothing is under way, so that the connection can be closed.
    mutating func quiesce() -> Bool {
        isQuiescing = true
        return unanswered.isEmpty
    }

    mutating func writability(_ writable: Bool, now: NIODeadline) {
        if writable { unwritableSince = nil } else if unwritableSince == nil { unwritableSince = now }
    }

    mutating func lingers(now: NIODeadline) { lingeringUntil = now + Self.lingering }

    // MARK: deadlines

    enum Timeout: Equatable {
        case none
        case later(NIODeadline)
        /// A head was begun and not ended in time.
        case answerRequestTimeout
        /// The body stopped coming.
        case failBody
        case close
    }

    /// What the passing of time asks for at `now`.
    func timeout(now: NIODeadline) -> Timeout {
        guard let (deadline, timeout) = next else { return .none }
        return deadline <= now ? timeout : .later(deadline)
    }

    private var next: (NIODeadline, Timeout)? {
        if let lingeringUntil { return (lingeringUntil, .close) }
        var candidates: [(NIODeadline, Timeout)] = []
        if let headSince {
            candidates.append(
                (headSince + headerTimeout, anyByteOfHead && unanswered.isEmpty ? .answerRequestTimeout : .close))
        }
        if isIdle { candidates.append((lastActivity + idleTimeout, .close)) }
        if isReadingBody, wantsBytes { candidates.append((lastActivity + idleTimeout, .failBody)) }
        if let unwritableSince { candidates.append((unwritableSince + idleTimeout, .close)) }
        return candidates.min { $0.0 < $1.0 }
    }
}
