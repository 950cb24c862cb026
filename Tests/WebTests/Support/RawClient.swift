import NIOCore
import NIOPosix
import Synchronization

/// A client that sends bytes as they are and reads what comes: the tests of what no well-behaved client would send.
final class RawClient: Sendable {
    struct Timeout: Error, CustomStringConvertible {
        let description: String
    }

    let channel: any Channel
    private let inbox: Inbox

    /// The bytes that came, and who waits for more. Its state is behind a mutex.
    final class Inbox: ChannelInboundHandler, Sendable {
        typealias InboundIn = ByteBuffer

        struct State {
            var bytes: [UInt8] = []
            var total = 0
            var isEnded = false
            var waiter: CheckedContinuation<Void, Never>?
        }

        let state = Mutex(State())
        private let first: String

        init(first: String) { self.first = first }

        func channelActive(context: ChannelHandlerContext) {
            if !first.isEmpty { context.writeAndFlush(NIOAny(ByteBuffer(string: first)), promise: nil) }
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            let buffer = unwrapInboundIn(data)
            wake {
                $0.bytes += buffer.readableBytesView
                $0.total += buffer.readableBytes
            }
        }

        func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
            if case ChannelEvent.inputClosed? = event as? ChannelEvent { wake { $0.isEnded = true } }
        }

        func channelInactive(context: ChannelHandlerContext) { wake { $0.isEnded = true } }
        func errorCaught(context: ChannelHandlerContext, error: any Error) { wake { $0.isEnded = true } }

        func wake(_ change: (inout State) -> Void) {
            let waiter = state.withLock { state in
                change(&state)
                defer { state.waiter = nil }
                return state.waiter
            }
            waiter?.resume()
        }

        func changed(since total: Int) async {
            await withCheckedContinuation { continuation in
                let isNow = state.withLock { state in
                    if state.total != total || state.isEnded { return true }
                    state.waiter = continuation
                    return false
                }
                if isNow { continuation.resume() }
            }
        }
    }

    private init(channel: any Channel, inbox: Inbox) {
        self.channel = channel
        self.inbox = inbox
    }

    deinit { channel.close(promise: nil) }

    /// `first` leaves as soon as the connection stands: for tests of deadlines that begin there.
    static func connect(_ port: Int, autoRead: Bool = true, first: String = "") async throws -> RawClient {
        let inbox = Inbox(first: first)
        let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelOption(.allowRemoteHalfClosure, value: true)
            .channelOption(.autoRead, value: autoRead)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture { try channel.pipeline.syncOperations.addHandler(inbox) }
            }
            .connect(host: "127.0.0.1", port: port).get()
        return RawClient(channel: channel, inbox: inbox)
    }

    func send(_ text: String) async throws { try await send(Array(text.utf8)) }
    func send(_ bytes: [UInt8]) async throws { try await channel.writeAndFlush(ByteBuffer(bytes: bytes)) }
    func endOutput() async throws { try await channel.close(mode: .output) }
    func close() async { try? await channel.close() }

    /// All bytes that have come and were not taken.
    var pending: [UInt8] { inbox.state.withLock { $0.bytes } }
    var total: Int { inbox.state.withLock { $0.total } }
    var isEnded: Bool { inbox.state.withLock { $0.isEnded } }

    /// Takes bytes off the front as soon as `take` finds enough of them; nil where the peer ended before.
    func read<Value: Sendable>(_ take: @Sendable (inout [UInt8]) -> Value?) async throws -> Value? {
        // Ends a wait for what never comes: the failure then says what had come.
        let deadline = channel.eventLoop.scheduleTask(in: .seconds(20)) { [inbox] in inbox.wake { $0.isEnded = true } }
        defer { deadline.cancel() }
        while true {
            let (value, total, isEnded) = inbox.state.withLock { state in
                (take(&state.bytes), state.total, state.isEnded)
            }
            if let value { return value }
            if isEnded { return nil }
            await inbox.changed(since: total)
        }
    }

    /// Everything until the peer ends. Throws where it has not ended in 20 s.
    func readToEnd() async throws -> [UInt8] {
        let deadline = channel.eventLoop.scheduleTask(in: .seconds(20)) { [inbox] in inbox.wake { $0.isEnded = true } }
        defer { deadline.cancel() }
        let limit = ContinuousClock.now + .seconds(20)
        while !isEnded {
            let total = total
            await inbox.changed(since: total)
        }
        guard ContinuousClock.now < limit else { throw Timeout(description: "the peer has not ended the connection") }
        return inbox.state.withLock { state in
            defer { state.bytes = [] }
            return state.bytes
        }
    }
}
