import NIOCore
import Synchronization

/// All ends of a relay, and whether bytes may pass.
final class RelayLines: Sendable {
    private struct State {
        var isCut = false
        var next = 0
        /// What makes an end read again, on its own event loop.
        var wakes: [Int: @Sendable () -> Void] = [:]
    }

    private let state = Mutex(State())

    var isCut: Bool { state.withLock { $0.isCut } }

    func cut() { state.withLock { $0.isCut = true } }

    func mend() {
        let wakes = state.withLock { state in
            state.isCut = false
            return Array(state.wakes.values)
        }
        for wake in wakes { wake() }
    }

    func join(_ wake: @escaping @Sendable () -> Void) -> Int {
        state.withLock { state in
            state.next += 1
            state.wakes[state.next] = wake
            return state.next
        }
    }

    func leave(_ id: Int) { state.withLock { $0.wakes[id] = nil } }
}

/// One end of a relayed connection: what it reads goes out at its partner, no faster than that takes it. Both live on one
/// event loop.
final class RelayEnd: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let lines: RelayLines
    private var partner: RelayEnd?
    private var context: ChannelHandlerContext?
    private var id: Int?
    /// Read before the cut was noticed, to go out after it.
    private var held: [ByteBuffer] = []
    private var hasEnded = false

    private init(_ lines: RelayLines) { self.lines = lines }

    /// Two ends that know each other, made on the event loop on which both live.
    static func pair(_ lines: RelayLines) -> (near: @Sendable () -> RelayEnd, far: @Sendable () -> RelayEnd) {
        let both = NIOLoopBoundPair(lines)
        return ({ both.near }, { both.far })
    }

    private final class NIOLoopBoundPair: @unchecked Sendable {
        // Only handed from one closure to the other; both run on the event loop of the accepted connection.
        let near: RelayEnd
        let far: RelayEnd

        init(_ lines: RelayLines) {
            near = RelayEnd(lines)
            far = RelayEnd(lines)
            near.partner = far
            far.partner = near
        }
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        let bound = NIOLoopBound(self, eventLoop: context.eventLoop)
        let loop = context.eventLoop
        id = lines.join { loop.execute { bound.value.goOn() } }
        if context.channel.isActive { begin() }
    }

    /// The accepted end becomes active last, when the other one is connected.
    func channelActive(context: ChannelHandlerContext) {
        begin()
        context.fireChannelActive()
    }

    private func begin() {
        guard let other = partner?.context, let context else { return }
        other.read()
        context.read()
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        if let id { lines.leave(id) }
        self.context = nil
        guard let partner, partner.context == nil else { return }
        partner.partner = nil
        self.partner = nil
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) { held.append(unwrapInboundIn(data)) }

    func channelReadComplete(context: ChannelHandlerContext) { goOn() }

    /// Passes on what was read, and reads on where the partner can take more.
    private func goOn() {
        guard !lines.isCut, let partner else { return }
        if let out = partner.context {
            for buffer in held { out.write(NIOAny(buffer), promise: nil) }
            held = []
            out.flush()
            if hasEnded {
                out.close(promise: nil)
            } else if out.channel.isWritable {
                context?.read()
            }
        }
        // The other one ended while the cable was cut.
        if context != nil, partner.hasEnded, partner.context == nil { partner.goOn() }
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if context.channel.isWritable { partner?.goOn() }
        context.fireChannelWritabilityChanged()
    }

    /// A cut cable carries no end either.
    func channelInactive(context: ChannelHandlerContext) {
        hasEnded = true
        goOn()
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
}
