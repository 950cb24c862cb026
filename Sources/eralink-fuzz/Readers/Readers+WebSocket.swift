import Domain
import Logging
import NIOCore
import NIOEmbedded

@testable import Web

extension Reader {
    /// The bytes of a WebSocket as a client sends them; the first byte says how they are cut into reads, and the limit.
    static let frames = Reader("frames", tests: "AgentProtocolTests", "WebTests", seeds: framed) { input in
        guard let head = input.first else { return }
        let limit = head & 0x80 == 0 ? 300 : 70_000
        let bytes = Array(input.dropFirst())
        let whole = WebSocketRun(bytes, cutEvery: bytes.count, limit: limit)
        let cut = WebSocketRun(bytes, cutEvery: Int(head & 0x7F) + 1, limit: limit)
        demand(whole.messages == cut.messages, "how the bytes come says what they mean")
        demand(
            whole.messages == WebSocketModel.messages(of: bytes, limit: limit), "other messages than those of RFC 6455")
        demand(WebSocketModel.isAnswer(whole.answer), "what is answered is no row of control frames")
        for message in whole.messages { request(message) }
    }

    @Sendable private static func framed(_ text: String) -> [[UInt8]] {
        let payload = Array(text.utf8.prefix(4000))
        guard payload.first == UInt8(ascii: "{") else { return [] }
        let half = payload.count / 2
        let parts = frame(0x01, payload[..<half]) + frame(0x89, payload.prefix(3)) + frame(0x80, payload[half...])
        return [[0x80] + frame(0x81, payload[...]), [0x07] + parts + frame(0x88, [0x03, 0xE8])]
    }

    private static func frame(_ head: UInt8, _ payload: ArraySlice<UInt8>) -> [UInt8] {
        let mask: [UInt8] = [1, 2, 3, 4]
        let length: [UInt8] =
            payload.count < 126
            ? [0x80 | UInt8(payload.count)] : [0xFE, UInt8(payload.count >> 8), UInt8(payload.count & 0xFF)]
        return [head] + length + mask + payload.enumerated().map { $1 ^ mask[$0 % 4] }
    }
}

/// One connection of a client: the server's own handlers on a channel in memory.
private struct WebSocketRun {
    var messages: [[UInt8]] = []
    var answer: [UInt8] = []

    init(_ bytes: [UInt8], cutEvery size: Int, limit: Int) {
        let collector = Collector()
        do {
            let channel = EmbeddedChannel()
            var policy = WebSocketPolicy()
            policy.maxMessageBytes = limit
            let route = WebSocketRoute("/", policy: policy) { _ in .accept { _ in collector } }
            let limits = WebLimits()
            let shared = ConnectionContext(
                limits: limits, content: WebContent(.init([], webSocket: route, isComplete: true)),
                registry: ConnectionRegistry(limits: limits), tickers: SessionTickers(),
                logger: Logger(label: "fuzz") { _ in SwiftLogNoOpLogHandler() })
            let promise = channel.eventLoop.makePromise(of: Bool.self)
            let guarded = ConnectionGuard(shared: shared, isOverloaded: false, needsHTTP: promise)
            try channel.pipeline.syncOperations.addHandler(guarded)
            let handler = try WebSocketHandler.install(after: guarded, on: channel, route: route, shared: shared)
            channel.pipeline.syncOperations.removeHandler(guarded, promise: nil)
            channel.connect(to: try SocketAddress(ipAddress: "127.0.0.1", port: 1), promise: nil)
            handler.start(collector)
            for start in stride(from: 0, to: bytes.count, by: max(size, 1)) where channel.isActive {
                channel.pipeline.fireChannelRead(ByteBuffer(bytes: bytes[start..<min(start + size, bytes.count)]))
                channel.pipeline.fireChannelReadComplete()
            }
            channel.embeddedEventLoop.run()
            while let buffer = try channel.readOutbound(as: ByteBuffer.self) {
                answer += buffer.readableBytesView
            }
            _ = try? channel.finish(acceptAlreadyClosed: true)
        } catch {
            demand(false, "the channel failed: \(error)")
        }
        messages = collector.messages
    }
}

/// Unchecked because all of it is called on the one thread of an embedded channel.
private final class Collector: WebSocketSession, @unchecked Sendable {
    private(set) var messages: [[UInt8]] = []

    func received(_ text: [UInt8]) { messages.append(text) }
    func becameWritable() {}
    func drain() {}
    func closed(_ end: WebSocketEnd) {}
}

/// RFC 6455 once more, as plainly as it can be said.
private enum WebSocketModel {
    private struct Frame {
        var head: UInt8
        var length: Int
        var payload: [UInt8]

        var opcode: UInt8 { head & 0x0F }
        var isFinal: Bool { head & 0x80 != 0 }
        var isControl: Bool { head & 0x08 != 0 }
    }

    /// The text messages up to the first fault or close frame.
    static func messages(of bytes: [UInt8], limit: Int) -> [[UInt8]] {
        var messages: [[UInt8]] = []
        var open: [UInt8]?
        var rest = bytes[...]
        while let frame = next(&rest) {
            guard frame.head & 0x70 == 0, frame.length <= (frame.isControl ? 125 : limit) else { break }
            guard frame.isFinal || !frame.isControl else { break }
            if frame.opcode == 9 || frame.opcode == 10 { continue }
            guard frame.opcode == (open == nil ? 1 : 0) else { break }
            let message = (open ?? []) + frame.payload
            guard message.count <= limit else { break }
            open = message
            guard frame.isFinal else { continue }
            guard String(validating: message, as: UTF8.self) != nil else { break }
            messages.append(message)
            open = nil
        }
        return messages
    }

    /// Pongs, then at most one close frame, none of them masked.
    static func isAnswer(_ bytes: [UInt8]) -> Bool {
        var rest = bytes[...]
        while !rest.isEmpty {
            guard rest.count >= 2, let head = rest.popFirst(), let length = rest.popFirst(), length <= 125,
                rest.count >= Int(length), head == 0x8A || head == 0x88
            else { return false }
            rest = rest.dropFirst(Int(length))
            if head == 0x88 { return rest.isEmpty && length != 1 }
        }
        return true
    }

    /// The next masked frame; nil where not all of it is there, or it is not masked. A length in more bytes than it needs is taken, as
    /// SwiftNIO takes it: there is nothing to gain by it.
    private static func next(_ rest: inout ArraySlice<UInt8>) -> Frame? {
        guard let head = rest.popFirst(), let second = rest.popFirst(), second & 0x80 != 0 else { return nil }
        var length = UInt64(second & 0x7F)
        let more = length == 126 ? 2 : length == 127 ? 8 : 0
        if more > 0 {
            guard rest.count >= more else { return nil }
            length = rest.prefix(more).reduce(0) { $0 << 8 | UInt64($1) }
            rest = rest.dropFirst(more)
        }
        guard rest.count >= 4 else { return nil }
        let mask = Array(rest.prefix(4))
        rest = rest.dropFirst(4)
        guard let length = Int(exactly: length), rest.count >= length else { return nil }
        let payload = rest.prefix(length).enumerated().map { $1 ^ mask[$0 % 4] }
        rest = rest.dropFirst(length)
        return Frame(head: head, length: length, payload: payload)
    }
}
