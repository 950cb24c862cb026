import Domain
import JSON
import NIOCore
import Synchronization
import Testing

@testable import Web

@Suite("Bodies")
struct BodyTests {
    @Test("bytes in are bytes out, with a length or in chunks", arguments: [true, false])
    func echoes(chunked: Bool) async throws {
        let text = "Привет, мир! 👨‍👩‍👧‍👦 \u{0301}\u{202e} конец"
        let route = WebRoute(.post, "/echo") { .json(try await $0.body.collect()) }
        try await TestServer.with(routes: [route]) { server in
            let client = try await RawClient.connect(server.port)
            let bytes = Array(text.utf8)
            if chunked {
                try await client.send("POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n")
                for half in [bytes.prefix(11), bytes.dropFirst(11)] {
                    try await client.send(Array("\(String(half.count, radix: 16))\r\n".utf8) + half + [13, 10])
                }
                try await client.send("0\r\n\r\n")
            } else {
                try await client.send(
                    Array("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: \(bytes.count)\r\n\r\n".utf8) + bytes)
            }
            #expect(try await client.response().body == bytes)
            // The connection is in step.
            try await client.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nhi")
            #expect(try await client.response().text == "hi")
        }
    }

    @Test("a chunked body past the limit is 413 and ends the connection")
    func chunkedTooLarge() async throws {
        let route = WebRoute(.post, "/echo", bodyLimit: 10) { .json(try await $0.body.collect()) }
        try await TestServer.with(routes: [route]) { server in
            let client = try await RawClient.connect(server.port)
            try await client.send(
                "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n10\r\n0123456789abcdef\r\n")
            let response = try await client.response()
            #expect(response.status == 413)
            #expect(response.header("Connection") == "close")
            #expect(try await client.readToEnd().isEmpty)
        }
    }

    @Test("a body that ends early is an error to its reader, answered 400")
    func truncated() async throws {
        let route = WebRoute(.post, "/echo") { .json(try await $0.body.collect()) }
        try await TestServer.with(routes: [route]) { server in
            let client = try await RawClient.connect(server.port)
            try await client.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nabc")
            try await client.endOutput()
            #expect(try await client.response().status == 400)
        }
    }

    @Test("100 Continue is sent when the route reads, and not before")
    func expectsContinue() async throws {
        let route = WebRoute(.post, "/take", bodyLimit: 100) { request in
            guard try request.bearerToken() != nil else { throw EralinkError(.unauthorized, "no token") }
            return .json(try await request.body.collect())
        }
        try await TestServer.with(routes: [route]) { server in
            let client = try await RawClient.connect(server.port)
            let head = "POST /take HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 5\r\n"
            try await client.send(head + "Authorization: Bearer t\r\n\r\n")
            #expect(try await client.response().status == 100)
            try await client.send("hello")
            #expect(try await client.response().text == "hello")
            // Nobody can tell whether the body still comes: the connection ends.
            try await client.send(head + "\r\n")
            let refusal = try await client.response()
            #expect(refusal.status == 401)
            #expect(refusal.header("Connection") == "close")
            #expect(try await client.readToEnd().isEmpty)
        }
    }

    @Test("a large upload is read at the route's pace: what the route has not taken stays outside the process")
    func uploadBackpressure() async throws {
        let gate = Gate()
        let route = WebRoute(.post, "/up", bodyLimit: .max) { request in
            await gate.wait()
            var count = 0
            for try await chunk in request.body { count += chunk.count }
            return .text(String(count))
        }
        try await TestServer.with(routes: [route]) { server in
            let client = try await RawClient.connect(server.port)
            let size = 32 << 20
            try await client.send("POST /up HTTP/1.1\r\nHost: a\r\nContent-Length: \(size)\r\n\r\n")
            let sent = Mutex(0)
            let chunk = [UInt8](repeating: 7, count: 1 << 20)
            async let upload: Void = {
                for _ in 0..<(size >> 20) {
                    try await client.send(chunk)
                    sent.withLock { $0 += chunk.count }
                }
            }()
            // Long enough for the kernel's buffers to fill; then nothing more may go through.
            try await Task.sleep(for: .milliseconds(500))
            #expect(sent.withLock { $0 } < 20 << 20)
            await gate.open()
            #expect(try await client.response().text == String(size))
            try await upload
        }
    }

    @Test("a large download is made at the client's pace")
    func downloadBackpressure() async throws {
        let made = Made()
        let route = WebRoute(.get, "/down") { _ in
            WebResponse(
                body: .stream(length: 32 << 20) { writer in
                    for _ in 0..<32 {
                        try await writer.write([UInt8](repeating: 9, count: 1 << 20))
                        made.count.withLock { $0 += 1 }
                    }
                })
        }
        try await TestServer.with(routes: [route]) { server in
            let client = try await RawClient.connect(server.port, autoRead: false)
            try await client.send("GET /down HTTP/1.1\r\nHost: a\r\n\r\n")
            try await Task.sleep(for: .milliseconds(500))
            #expect(made.count.withLock { $0 } < 20)
            try await client.channel.setOption(.autoRead, value: true).get()
            client.channel.read()
            let response = try await client.response()
            #expect(response.body.count == 32 << 20)
            #expect(response.body.last == 9)
        }
    }

    private final class Made: Sendable {
        let count = Mutex(0)
    }

    @Test("a stream that fails, or has another length than it said, cuts the connection", arguments: [true, false])
    func cutStream(fails: Bool) async throws {
        let route = WebRoute(.get, "/cut") { _ in
            WebResponse(
                body: .stream(length: fails ? nil : 10) { writer in
                    try await writer.write([1, 2, 3])
                    if fails { throw EralinkError(.internal, "broke") }
                })
        }
        try await TestServer.with(routes: [route]) { server in
            let client = try await RawClient.connect(server.port)
            try await client.send("GET /cut HTTP/1.1\r\nHost: a\r\n\r\n")
            let bytes = String(decoding: try await client.readToEnd(), as: UTF8.self)
            #expect(bytes.hasPrefix("HTTP/1.1 200"))
            #expect(!bytes.hasSuffix("0\r\n\r\n"))
        }
    }
}

/// Holds those who wait until it is opened.
actor Gate {
    private var isOpen = false
    private var waiting: [CheckedContinuation<Void, Never>] = []

    func wait() async {
        guard !isOpen else { return }
        await withCheckedContinuation { waiting.append($0) }
    }

    func open() {
        isOpen = true
        for waiter in waiting { waiter.resume() }
        waiting = []
    }
}
