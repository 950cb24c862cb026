import Domain
import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
import NIOHTTP1
import NIOHTTPTypesHTTP1

/// Stands between the HTTP codec and Hummingbird on every connection: keeps the limits and the deadlines, answers what
/// cannot be parsed, and turns the connection into a WebSocket before anything for HTTP has been set up behind it.
///
/// All of its state belongs to the channel's event loop.
final class ConnectionGuard: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart
    typealias OutboundIn = HTTPServerResponsePart
    typealias OutboundOut = HTTPServerResponsePart

    private enum Mode {
        /// Nothing stands behind the guard yet; what came is kept, and no more is read, until it does.
        case alone
        case http
        case upgrading(HTTPRequestHead)
        /// What comes is dropped until the peer closes.
        case deaf
    }

    private let shared: ConnectionContext
    private let isOverloaded: Bool
    private let needsHTTP: EventLoopPromise<Bool>
    private var state: HTTPConnectionState
    private var mode = Mode.alone
    private var kept: [HTTPServerRequestPart] = []
    private var heldRead = false
    private var context: ChannelHandlerContext?
    private var timer: (at: NIODeadline, task: Scheduled<Void>)?
    private var decision: Task<Void, Never>?
    private var expectsContinue = false
    private var upgradeHasBody = false
    private var inputClosed = false
    private var isUpgraded = false

    init(shared: ConnectionContext, isOverloaded: Bool, needsHTTP: EventLoopPromise<Bool>) {
        self.shared = shared
        self.isOverloaded = isOverloaded
        self.needsHTTP = needsHTTP
        state = HTTPConnectionState(
            headerTimeout: TimeAmount(shared.limits.headerTimeout), idleTimeout: TimeAmount(shared.limits.idleTimeout),
            now: .now())
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        arm()
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        timer?.task.cancel()
        timer = nil
        decision?.cancel()
        needsHTTP.succeed(false)
        self.context = nil
    }

    /// Sets up Hummingbird's side of the pipeline and hands it what came so far.
    func installHTTP() throws -> HTTP1Channel.Value {
        guard let context, case .alone = mode else { throw ChannelError.ioOnClosedChannel }
        try context.pipeline.syncOperations.addHandler(HTTP1ToHTTPServerCodec(secure: false))
        let channel = try HTTP1Channel.Value(
            wrappingChannelSynchronously: context.channel, configuration: .init(isOutboundHalfClosureEnabled: true))
        mode = .http
        for part in kept { context.fireChannelRead(wrapInboundOut(part)) }
        kept = []
        context.fireChannelReadComplete()
        releaseRead()
        return channel
    }

    // MARK: inbound

    /// Told by the handler before the decoder.
    func bytesCame() {
        state.bytesCame(now: .now())
        arm()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let part = unwrapInboundIn(data)
        switch (mode, part) {
        case (.deaf, _): return
        case (.upgrading, .body): upgradeHasBody = true
        case (.upgrading(let head), .end): decide(head)
        case (_, .head(let head)): receive(head)
        case (_, .body): forward(part)
        case (_, .end):
            state.requestEnded()
            forward(part)
        }
        arm()
    }

    private func receive(_ head: HTTPRequestHead) {
        state.headCame(
            keepAlive: keepsAlive(head), isHead: head.method == .HEAD, isOldVersion: head.version == .http1_0)
        if let problem = WebSocketHandshake.flaw(of: head) { return refuse(problem) }
        if isOverloaded {
            let error = EralinkError(
                .unavailable, "the server has too many connections; try again", retryAfterMilliseconds: 1000)
            return refuse(.problem(error))
        }
        expectsContinue = head.headers[canonicalForm: "expect"].contains { $0.lowercased() == "100-continue" }
        if let route = shared.webSocket, state.answersAtMostOne, WebSocketHandshake.isFor(route, head) {
            mode = .upgrading(head)
        } else {
            forward(.head(head))
        }
    }

    private func keepsAlive(_ head: HTTPRequestHead) -> Bool {
        // After a message that asks for an upgrade the decoder reads no further.
        head.isKeepAlive && !head.headers.contains(name: "upgrade")
    }

    private func forward(_ part: HTTPServerRequestPart) {
        if case .http = mode {
            context?.fireChannelRead(wrapInboundOut(part))
        } else {
            kept.append(part)
            needsHTTP.succeed(true)
        }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        context.fireChannelReadComplete()
        if case .deaf = mode { context.read() }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if case .deaf = mode { return }
        let wasReadingBody = state.isReadingBody
        let isAnswering = !state.isIdle && !wasReadingBody
        state.inputBroke()
        shared.logger.debug("connection's input is broken", metadata: ["error": "\(error)"])
        switch mode {
        case .http where wasReadingBody: context.fireErrorCaught(BodyFault.truncated)
        case .http where isAnswering: break
        case .upgrading: context.close(promise: nil)
        default: refuse(Self.answer(to: error))
        }
        arm()
    }

    private static func answer(to error: any Error) -> WebResponse {
        switch error as? HTTPParserError {
        case .headerOverflow?:
            .problem(EralinkError(.tooLarge, "the request's header is too large"), status: 431)
        case .invalidVersion?:
            .problem(EralinkError(.invalidRequest, "only HTTP/1.1 and HTTP/1.0 are spoken here"), status: 505)
        default: .problem(EralinkError(.invalidRequest, "the request is not valid HTTP"))
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        if state.isReadingBody, case .http = mode { context.fireErrorCaught(BodyFault.truncated) }
        mode = .deaf
        timer?.task.cancel()
        decision?.cancel()
        needsHTTP.succeed(false)
        context.fireChannelInactive()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        switch event {
        case is ChannelShouldQuiesceEvent:
            if state.quiesce() { context.close(promise: nil) }
        case ChannelEvent.inputClosed:
            inputClosed = true
            switch mode {
            case .deaf: context.close(promise: nil)
            case .alone where state.isIdle: context.close(promise: nil)
            case .upgrading: context.close(promise: nil)
            default:
                if state.quiesce() { return close(context: context, mode: .all, promise: nil) }
                context.fireUserInboundEventTriggered(event)
            }
        default: context.fireUserInboundEventTriggered(event)
        }
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        state.writability(context.channel.isWritable, now: .now())
        arm()
        context.fireChannelWritabilityChanged()
    }

    // MARK: outbound

    func read(context: ChannelHandlerContext) {
        switch mode {
        case .alone where !kept.isEmpty, .upgrading: heldRead = true
        default:
            state.bytesWanted()
            arm()
            context.read()
        }
    }

    private func releaseRead() {
        guard heldRead else { return }
        heldRead = false
        context?.channel.read()
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        switch unwrapOutboundIn(data) {
        case .head(var head):
            if head.status.code >= 200 { frame(&head) }
            context.write(wrapOutboundOut(.head(head)), promise: promise)
        case .body(let bytes):
            if state.answersHead { return promise?.succeed() ?? () }
            context.write(wrapOutboundOut(.body(bytes)), promise: promise)
        case .end(let trailers):
            // The encoder would end a response to HEAD that has no length with an empty chunk.
            if state.answersHead {
                context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer()))), promise: promise)
                context.flush()
            } else {
                context.write(wrapOutboundOut(.end(trailers)), promise: promise)
            }
            if state.responseEnded(now: .now()) { hangUp() }
            arm()
        }
    }

    private func frame(_ head: inout HTTPResponseHead) {
        let asksForClose = head.headers[canonicalForm: "connection"].contains { $0.lowercased() == "close" }
        // A client that waits for 100 Continue may send its body after this response, or not: nobody can tell what follows.
        let framing = state.responseBegins(close: asksForClose || expectsContinue)
        if framing.isOldVersion {
            head.version = .http1_0
            if !framing.close { head.headers.replaceOrAdd(name: "Connection", value: "keep-alive") }
        }
        if framing.close { head.headers.replaceOrAdd(name: "Connection", value: "close") }
        if !head.headers.contains(name: "Date") { head.headers.add(name: "Date", value: HTTPDate.now) }
        expectsContinue = false
    }

    func triggerUserOutboundEvent(context: ChannelHandlerContext, event: Any, promise: EventLoopPromise<Void>?) {
        guard event is ContinueEvent else { return context.triggerUserOutboundEvent(event, promise: promise) }
        if expectsContinue, !state.responseBegun {
            expectsContinue = false
            let head = HTTPResponseHead(version: .http1_1, status: .continue)
            context.writeAndFlush(wrapOutboundOut(.head(head)), promise: nil)
        }
        promise?.succeed()
    }

    /// Closes only after what was written has gone out; a connection that takes nothing is ended by its deadline.
    func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
        guard mode != .input else { return context.close(mode: mode, promise: promise) }
        state.lingers(now: .now())
        arm()
        let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
        context.writeAndFlush(wrapOutboundOut(.body(.byteBuffer(ByteBuffer())))).whenComplete { _ in
            bound.value.close(mode: mode, promise: promise)
        }
    }

    // MARK: the connection's own answers and its end

    /// Answers in place of a route and ends the connection.
    private func refuse(_ response: WebResponse) {
        guard let context else { return }
        state.inputBroke()
        kept = []
        mode = .deaf
        // Pipelined behind a request whose answer is still to come: that one ends the connection.
        guard state.answersAtMostOne else { return }
        let (head, body) = response.parts
        write(context: context, data: NIOAny(HTTPServerResponsePart.head(head)), promise: nil)
        write(context: context, data: NIOAny(HTTPServerResponsePart.body(.byteBuffer(body))), promise: nil)
        write(context: context, data: NIOAny(HTTPServerResponsePart.end(nil)), promise: nil)
        context.flush()
    }

    /// Ends the output, then reads and drops what the peer still sends, for a while.
    private func hangUp() {
        guard let context else { return }
        mode = .deaf
        context.flush()
        if inputClosed { return close(context: context, mode: .all, promise: nil) }
        close(context: context, mode: .output, promise: nil)
        context.read()
    }

    private func arm() {
        guard let context, !isUpgraded else { return }
        let now = NIODeadline.now()
        switch state.timeout(now: now) {
        case .none: break
        case .later(let deadline): schedule(deadline, on: context.eventLoop)
        case .answerRequestTimeout:
            refuse(.problem(EralinkError(.invalidRequest, "the request's header did not come in time"), status: 408))
        case .failBody:
            state.inputBroke()
            if case .http = mode { context.fireErrorCaught(BodyFault.timedOut) } else { context.close(promise: nil) }
        case .close: context.close(promise: nil)
        }
    }

    private func schedule(_ deadline: NIODeadline, on loop: any EventLoop) {
        if let timer, timer.at <= deadline { return }
        timer?.task.cancel()
        let bound = NIOLoopBound(self, eventLoop: loop)
        let task = loop.scheduleTask(deadline: deadline) {
            bound.value.timer = nil
            bound.value.arm()
        }
        timer = (deadline, task)
    }

    // MARK: the upgrade

    private func decide(_ head: HTTPRequestHead) {
        state.requestEnded()
        guard let context, let route = shared.webSocket else { return }
        let request: WebRequest
        do throws(EralinkError) {
            if upgradeHasBody { throw EralinkError(.invalidRequest, "a WebSocket handshake has no body") }
            request = try WebRequest(head: head, remote: context.remoteAddress)
        } catch {
            return refuse(.problem(error))
        }
        if let flaw = WebSocketHandshake.refusal(head) { return refuse(flaw) }
        guard shared.registry.openSession() else {
            let error = EralinkError(
                .unavailable, "the server has too many sessions; try again", retryAfterMilliseconds: 5000)
            return refuse(.problem(error))
        }
        let bound = NIOLoopBound(self, eventLoop: context.eventLoop)
        let loop = context.eventLoop
        // Ends with the decision, which `channelInactive` cancels.
        decision = Task {
            let answer = await route.shouldUpgrade(request)
            loop.execute { bound.value.decided(answer, head) }
        }
    }

    private func decided(_ answer: WebSocketDecision, _ head: HTTPRequestHead) {
        decision = nil
        guard let context, case .upgrading = mode, context.channel.isActive, let route = shared.webSocket else {
            return shared.registry.closeSession()
        }
        switch answer {
        case .refuse(let response):
            shared.registry.closeSession()
            refuse(response)
        case .accept where state.isQuiescing:
            shared.registry.closeSession()
            refuse(.problem(EralinkError(.unavailable, "the server is shutting down", retryAfterMilliseconds: 1000)))
        case .accept(let makeSession): upgrade(head, route, makeSession, context)
        }
    }

    private func upgrade(
        _ head: HTTPRequestHead, _ route: WebSocketRoute,
        _ makeSession: @escaping @Sendable (WebSocketConnection) -> any WebSocketSession,
        _ context: ChannelHandlerContext
    ) {
        let bound = NIOLoopBound(self, eventLoop: context.eventLoop)
        WebSocketHandshake.acceptance(of: head, route: route, on: context.channel).whenComplete { result in
            bound.value.upgrade(result, route, makeSession)
        }
    }

    private func upgrade(
        _ response: Result<HTTPResponseHead, any Error>, _ route: WebSocketRoute,
        _ makeSession: @Sendable (WebSocketConnection) -> any WebSocketSession
    ) {
        guard let context else { return shared.registry.closeSession() }
        isUpgraded = true
        do {
            context.write(wrapOutboundOut(.head(try response.get())), promise: nil)
            context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
            let handler = try WebSocketHandler.install(
                after: self, on: context.channel, route: route, shared: shared)
            try ConnectionChannel.removeHTTP(from: context.channel, guarded: self)
            handler.start(makeSession(WebSocketConnection(handler: handler)))
            if heldRead { handler.channel.read() }
        } catch {
            shared.logger.error("cannot set up a WebSocket", metadata: ["error": "\(error)"])
            shared.registry.closeSession()
            context.channel.close(promise: nil)
        }
    }
}
