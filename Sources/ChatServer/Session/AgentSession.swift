import AgentProtocol
import Coordination
import Domain
import Logging
import Store
import Synchronization
import Web

/// One agent's WebSocket: requests in, replies and events out (agent-api.md, "Connection").
///
/// It lives on its connection's event loop. Requests run side by side, but what touches one interaction keeps its order
/// (`RequestOrder`); events are written at the socket's pace, from memory or, past the bound, from the log.
actor AgentSession: WebSocketSession, FeedSubscriber {
    enum Phase {
        case opening, greeting, open, closed
    }

    /// Who the session is, once `session.hello` has settled it.
    struct Identity {
        var actor: Actor
        var token: TokenRecord
    }

    nonisolated let id: String
    nonisolated let server: ChatServerCore
    nonisolated let connection: WebSocketConnection
    /// The token of the `Authorization` header, where there was one.
    let headerToken: Secret?
    let logger: Logger
    let inbox: Mutex<SessionInbox>

    var phase = Phase.opening
    var identity: Identity?
    var inFlight: Set<RequestID> = []
    var order = RequestOrder()
    var readings = ReadingQueue()
    private var overloadedSince: ContinuousClock.Instant?
    private var hasStoppedReading = false

    // Of the events (AgentSession+Events.swift).
    var filter = EventFilter(agent: nil, accounts: [])
    /// Events up to here were written, or are not this session's.
    var position: Int64 = 0
    /// The replay has ended once.
    var isLive = false
    var isPumping = false
    var lastEventAt = ContinuousClock.now
    var writableWaiters: [CheckedContinuation<Void, Never>] = []

    nonisolated var unownedExecutor: UnownedSerialExecutor { connection.unownedExecutor }

    init(server: ChatServerCore, connection: WebSocketConnection, headerToken: Secret?) {
        id = server.makeSessionID()
        self.server = server
        self.connection = connection
        self.headerToken = headerToken
        var logger = server.logger
        logger[metadataKey: "session"] = "\(id)"
        self.logger = logger
        inbox = Mutex(
            SessionInbox(maxEvents: server.settings.eventsUnread, maxBytes: server.settings.bytesUnread))
    }

    // MARK: WebSocketSession

    nonisolated func received(_ text: [UInt8]) { assumeIsolated { $0.take(text) } }
    nonisolated func becameWritable() { assumeIsolated { $0.wentOn() } }
    nonisolated func drain() { assumeIsolated { $0.drainAndClose() } }
    nonisolated func closed(_ end: WebSocketEnd) { assumeIsolated { $0.end(end) } }

    private func take(_ text: [UInt8]) {
        if case .closed = phase { return }
        let call: AgentCall
        do throws(RejectedFrame) {
            call = try AgentCall(frame: text)
        } catch {
            return answer(ServerFrame.failure(error.id, error.error))
        }
        if inFlight.contains(call.id) {
            return reply(call.id, .failure(EralinkError(.conflict, "a request with this id is in flight")))
        }
        guard inFlight.count < AgentLimits.maxInFlight else { return refuseOverload(call.id) }
        // Who asks as fast as answers come stays at the bound: it is over only when the half of it is done.
        if inFlight.count < AgentLimits.maxInFlight / 2 { overloadedSince = nil }
        dispatch(call)
    }

    /// Past `max_in_flight`: told at once, and cut after 10 seconds of it.
    private func refuseOverload(_ id: RequestID) {
        let since = overloadedSince ?? .now
        overloadedSince = since
        if ContinuousClock.now - since > .seconds(10) { return close(.tooMuchInFlight) }
        reply(
            id,
            .failure(
                EralinkError(
                    .rateLimited, "more than \(AgentLimits.maxInFlight) requests are in flight",
                    retryAfterMilliseconds: 100)))
    }

    func reply(_ id: RequestID, _ result: Result<[UInt8], EralinkError>) {
        switch result {
        case .success(let bytes): answer(ServerFrame.result(id, bytes))
        case .failure(let error): answer(ServerFrame.failure(id, error))
        }
    }

    /// Who does not take answers is not asked for more requests: so what waits for the socket stays bounded.
    private func answer(_ frame: [UInt8]) {
        connection.send(frame)
        guard !connection.isWritable, !hasStoppedReading else { return }
        hasStoppedReading = true
        connection.pauseReading()
    }

    private func wentOn() {
        if hasStoppedReading {
            hasStoppedReading = false
            connection.resumeReading()
        }
        resumeWriters()
    }

    private func drainAndClose() {
        let wait = ComeBack.someTime()
        connection.send(
            ServerFrame.event(
                .draining, cursor: nil, at: server.clock(), interaction: nil, data: ComeBack.json(after: wait)))
        close(.shuttingDown, retryAfter: wait)
    }

    /// Ends the session from our side, from any context; the reason carries when to come back.
    nonisolated func close(_ code: WebSocketCloseCode, retryAfter: Int? = nil) {
        connection.close(
            code,
            reason: String(decoding: ComeBack.json(after: retryAfter ?? ComeBack.someTime()), as: UTF8.self)
        )
    }

    private func end(_ end: WebSocketEnd) {
        phase = .closed
        resumeWriters()
        server.registry.closed(self)
        if let identity {
            server.coordination.agentOffline(identity.actor.name, session: id)
            if SessionCuts.isTelling(end), let code = end.code {
                server.metrics.cuts.add(identity.actor.name, code, at: server.clock())
                logger.notice(
                    "a session was cut", metadata: ["agent": "\(identity.actor.name)", "code": "\(code.description)"])
            }
        }
        // The feed forgets it; nobody waits for that.
        Task { [feed = server.feed, id] in await feed.leave(id) }
        logger.debug("session ended", metadata: ["code": "\(end.code?.description ?? "none")"])
    }
}
