import JSON
import Testing

@testable import Web

@Suite("WebSocket handshake")
struct HandshakeTests {
    struct Handshake: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let status: Int
        let request: String

        /// The valid handshake with one part replaced.
        init(_ label: String, _ status: Int, _ old: String, _ new: String) {
            testDescription = label
            self.status = status
            request = Array(RawClient.handshake.split(separator: "\r\n", omittingEmptySubsequences: false))
                .map { String($0) }.joined(separator: "\r\n").replacing(old, with: new)
        }
    }

    @Test("the accept key is that of RFC 6455, and the subprotocol is echoed where it is offered")
    func accepts() async throws {
        try await TestServer.with(webSocket: .echo()) { server in
            for (offer, echoed) in [
                ("", nil), ("eralink.v1", "eralink.v1"), ("x, eralink.v1", "eralink.v1"), ("x", nil),
            ] {
                let client = try await RawClient.connect(server.port)
                let line = offer.isEmpty ? "" : "Sec-WebSocket-Protocol: \(offer)\r\n"
                try await client.send(
                    RawClient.handshake.replacing("Upgrade: websocket\r\n", with: "Upgrade: websocket\r\n\(line)"))
                let response = try await client.response()
                #expect(response.status == 101)
                #expect(response.header("Sec-WebSocket-Accept") == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=")
                #expect(response.header("Sec-WebSocket-Protocol") == echoed)
                #expect(response.header("Content-Length") == nil)
                #expect(response.header("Transfer-Encoding") == nil)
                #expect(response.header("Connection")?.lowercased() == "upgrade")
            }
        }
    }

    @Test(
        "a handshake that is not right is refused before the upgrade",
        arguments: [
            Handshake("a bad token", 401, "Bearer good", "Bearer bad"),
            Handshake("another scheme", 401, "Bearer good", "Basic eDp5"),
            Handshake("no version", 400, "Sec-WebSocket-Version: 13\r\n", ""),
            Handshake("version 8", 426, "Sec-WebSocket-Version: 13", "Sec-WebSocket-Version: 8"),
            Handshake("no key", 400, "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n", ""),
            Handshake("a short key", 400, "dGhlIHNhbXBsZSBub25jZQ==", "dGhlIHNhbXBsZQ=="),
            Handshake("two keys", 400, "Host: test", "Host: test\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="),
            Handshake("no Connection", 400, "Connection: Upgrade\r\n", ""),
            Handshake("POST", 405, "GET /v1", "POST /v1"),
            Handshake("a body", 400, "Host: test", "Host: test\r\nContent-Length: 2"),
            Handshake("no Host", 400, "Host: test\r\n", ""),
            Handshake("another path", 404, "/v1/agent", "/v1/agents"),
            Handshake("a bad query", 400, "/v1/agent", "/v1/agent?a=%"),
        ])
    func refuses(handshake: Handshake) async throws {
        try await TestServer.with(webSocket: .echo()) { server in
            let client = try await RawClient.connect(server.port)
            try await client.send(handshake.request + (handshake.testDescription == "a body" ? "hi" : ""))
            let response = try await client.response()
            #expect(response.status == handshake.status)
            let problem = try JSONValue(parsing: response.body)
            #expect(problem["data"]?["code"]?.string?.isEmpty == false)
            if handshake.status == 426 { #expect(response.header("Sec-WebSocket-Version") == "13") }
            #expect(server.server.sessions == 0)
        }
    }

    @Test("a plain request to the path is told to upgrade")
    func plain() async throws {
        try await TestServer.with(webSocket: .echo()) { server in
            let client = try await RawClient.connect(server.port)
            let response = try await client.get("/v1/agent")
            #expect(response.status == 426)
            #expect(response.header("Upgrade") == "websocket")
        }
    }

    @Test("an upgrade works as a later request of a connection, as a proxy may send it")
    func later() async throws {
        let log = SessionLog()
        let route = WebRoute(.get, "/hello") { _ in .text("hi") }
        try await TestServer.with(routes: [route], webSocket: .echo(log)) { server in
            let client = try await RawClient.connect(server.port)
            #expect(try await client.get("/hello").text == "hi")
            try await client.send(RawClient.handshake)
            #expect(try await client.response().status == 101)
            try await client.send(RawFrame.text("да"))
            #expect(try await client.frame()?.text == "да")
            await client.close()
            await log.wait(for: "closed by nobody 0")
        }
    }

    @Test("past the limit of sessions the handshake is 503, and a place that is freed can be taken")
    func sessionLimit() async throws {
        let log = SessionLog()
        var limits = WebLimits()
        limits.sessions = 1
        try await TestServer.with(limits: limits, webSocket: .echo(log)) { server in
            let first = try await RawClient.webSocket(server.port)
            let second = try await RawClient.connect(server.port)
            try await second.send(RawClient.handshake)
            let refusal = try await second.response()
            #expect(refusal.status == 503)
            #expect(refusal.header("Retry-After") == "5")
            await first.close()
            await log.wait(for: "closed by nobody 0")
            _ = try await RawClient.webSocket(server.port)
        }
    }
}
