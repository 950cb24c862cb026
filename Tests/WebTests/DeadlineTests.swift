import Domain
import Logging
import NIOCore
import ServiceLifecycle
import Testing

@testable import Web

@Suite("Deadlines and limits of connections")
struct DeadlineTests {
    private static let hello = WebRoute(.get, "/hello") { _ in .text("hi") }

    private static func limits(_ change: (inout WebLimits) -> Void) -> WebLimits {
        var limits = WebLimits()
        change(&limits)
        return limits
    }

    @Test("a head that is begun and not ended is 408; a connection that sends nothing is closed silently")
    func headerTimeout() async throws {
        let limits = Self.limits { $0.headerTimeout = .seconds(1) }
        try await TestServer.with(limits: limits, routes: [Self.hello]) { server in
            let slow = try await RawClient.connect(server.port, first: "GET /hello HTTP/1.1\r\nHo")
            let silent = try await RawClient.connect(server.port)
            let response = try await slow.response()
            #expect(response.status == 408)
            #expect(response.header("Connection") == "close")
            #expect(try await silent.readToEnd().isEmpty)
        }
    }

    @Test("bytes that trickle in do not prolong the time for a head")
    func trickle() async throws {
        let limits = Self.limits { $0.headerTimeout = .seconds(3) }
        try await TestServer.with(limits: limits, routes: [Self.hello]) { server in
            let client = try await RawClient.connect(server.port, first: "GET /hello HTTP/1.1\r\nX: ")
            let began = ContinuousClock.now
            // It ends before the time is over: a byte that meets a closed socket would sweep the answer away.
            async let trickle: Void = {
                while ContinuousClock.now - began < .milliseconds(2300) {
                    try? await client.send("x")
                    try await Task.sleep(for: .milliseconds(20))
                }
            }()
            #expect(try await client.response().status == 408)
            #expect(ContinuousClock.now - began < .seconds(5), "counted from the first byte, not from the last")
            await client.close()
            try await trickle
        }
    }

    @Test("a connection without a request is closed after the idle time")
    func idle() async throws {
        let limits = Self.limits { $0.idleTimeout = .seconds(3) }
        try await TestServer.with(limits: limits, routes: [Self.hello]) { server in
            let client = try await RawClient.connect(server.port, first: "GET /hello HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(try await client.response().text == "hi")
            #expect(try await client.readToEnd().isEmpty)
        }
    }

    @Test("a body that stops coming fails for its reader; a route that takes its time is not hurried")
    func bodyStalls() async throws {
        let echo = WebRoute(.post, "/echo") { .json(try await $0.body.collect()) }
        let slow = WebRoute(.get, "/slow") { _ in
            try await Task.sleep(for: .seconds(2))
            return .text("done")
        }
        let limits = Self.limits { $0.idleTimeout = .seconds(1) }
        try await TestServer.with(limits: limits, routes: [echo, slow]) { server in
            let request = "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nabc"
            let stalled = try await RawClient.connect(server.port, first: request)
            #expect(try await stalled.response().status == 400)
            #expect(try await stalled.readToEnd().isEmpty)
            let client = try await RawClient.connect(server.port, first: "GET /slow HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(try await client.response().text == "done")
        }
    }

    @Test("one connection too many is told 503 and when to come back; a place that is freed can be taken")
    func tooMany() async throws {
        let limits = Self.limits { $0.connections = 1 }
        try await TestServer.with(limits: limits, routes: [Self.hello]) { server in
            let first = try await RawClient.connect(server.port)
            #expect(try await first.get("/hello").status == 200)
            let second = try await RawClient.connect(server.port)
            let refusal = try await second.get("/hello")
            #expect(refusal.status == 503)
            #expect(refusal.header("Retry-After") == "1")
            await first.close()
            await second.close()
            while server.server.connections > 0 { await Task.yield() }
            let third = try await RawClient.connect(server.port)
            #expect(try await third.get("/hello").status == 200)
        }
    }

    @Test("shutdown closes idle connections, lets a request in flight finish, and takes no new connection")
    func shutsDown() async throws {
        let gate = Gate()
        let began = Gate()
        let route = WebRoute(.get, "/wait") { _ in
            await began.open()
            await gate.wait()
            return .text("done")
        }
        try await TestServer.with(routes: [route, Self.hello]) { server in
            let idle = try await RawClient.connect(server.port)
            #expect(try await idle.get("/hello").status == 200)
            let busy = try await RawClient.connect(server.port)
            try await busy.send("GET /wait HTTP/1.1\r\nHost: a\r\n\r\n")
            await began.wait()
            await server.group.triggerGracefulShutdown()
            #expect(try await idle.readToEnd().isEmpty)
            await #expect(throws: (any Error).self) { _ = try await RawClient.connect(server.port) }
            await gate.open()
            let response = try await busy.response()
            #expect(response.text == "done")
            #expect(response.header("Connection") == "close")
        }
    }

    @Test("what does not end within the grace is cut")
    func grace() async throws {
        let limits = Self.limits { $0.shutdownGrace = .seconds(4) }
        let log = SessionLog()
        try await TestServer.with(limits: limits, webSocket: .echo(log) { $0.closeWithin = .seconds(60) }) { server in
            let client = try await RawClient.webSocket(server.port)
            await server.group.triggerGracefulShutdown()
            #expect(try await client.frame()?.closeCode == 4001)
            _ = try await client.readToEnd()
        }
        #expect(log.notes.contains("closed by us 4001"))
    }

    @Test("a port that is taken is told as a sentence")
    func taken() async throws {
        try await TestServer.with(routes: [Self.hello]) { server in
            let error = await #expect(throws: EralinkError.self) {
                try await WebServer(port: server.port, routes: [], logger: .init(label: "test")).run()
            }
            #expect(error?.code == .unavailable)
            #expect(
                error?.message.contains("cannot listen on 127.0.0.1:\(server.port): Address already in use") == true)
        }
    }
}
