import NIOCore
import Synchronization

/// One timer an event loop for all sessions on it: ten thousand timers of their own would cost more than the sessions.
final class SessionTickers: Sendable {
    private let tickers = Mutex<[ObjectIdentifier: NIOLoopBound<SessionTicker>]>([:])

    /// Called on the loop.
    func ticker(of loop: any EventLoop, every interval: TimeAmount) -> SessionTicker {
        tickers.withLock { tickers in
            if let known = tickers[ObjectIdentifier(loop)] { return known.value }
            let ticker = SessionTicker(loop: loop, interval: interval)
            tickers[ObjectIdentifier(loop)] = NIOLoopBound(ticker, eventLoop: loop)
            return ticker
        }
    }
}

/// Belongs to its event loop. Runs while it has sessions.
final class SessionTicker {
    private let loop: any EventLoop
    private let interval: TimeAmount
    private var sessions: [ObjectIdentifier: WebSocketHandler] = [:]
    private var isRunning = false

    init(loop: any EventLoop, interval: TimeAmount) {
        self.loop = loop
        self.interval = interval
    }

    func add(_ session: WebSocketHandler) {
        sessions[ObjectIdentifier(session)] = session
        guard !isRunning else { return }
        isRunning = true
        schedule()
    }

    func remove(_ session: WebSocketHandler) { sessions[ObjectIdentifier(session)] = nil }

    private func schedule() {
        let bound = NIOLoopBound(self, eventLoop: loop)
        loop.scheduleTask(in: interval) { bound.value.tick() }
    }

    private func tick() {
        guard !sessions.isEmpty else {
            isRunning = false
            return
        }
        let now = NIODeadline.now()
        for session in Array(sessions.values) { session.tick(now: now) }
        schedule()
    }
}
