import NIOCore
import ServiceLifecycle
import Testing

@testable import Web

@Suite("WebSocket from outside")
struct WebSocketTests {
    struct Bad: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let bytes: [UInt8]
        let code: Int

        init(_ label: String, _ code: Int, _ bytes: [UInt8]) {
            testDescription = label
            self.bytes = bytes
            self.code = code
        }
    }

    @Test("text goes through as it is, whole or in fragments, with a ping between them")
    func echoes() async throws {
        try await TestServer.with(webSocket: .echo()) { server in
            let client = try await RawClient.webSocket(server.port)
            let text = "Привет 👨‍👩‍👧‍👦 \u{0000} конец"
            try await client.send(RawFrame.text(text))
            #expect(try await client.frame() == RawFrame(opcode: 1, payload: Array(text.utf8)))
            // Cut within a character: only the whole message must be UTF-8.
            let bytes = Array("да".utf8)
            try await client.send(
                RawFrame.bytes(1, [bytes[0]], isFinal: false) + RawFrame.bytes(9, [1, 2])
                    + RawFrame.bytes(0, [bytes[1], bytes[2]], isFinal: false) + RawFrame.bytes(0, [bytes[3]]))
            #expect(try await client.frame() == RawFrame(opcode: 10, payload: [1, 2]))
            #expect(try await client.frame()?.text == "да")
            let large = String(repeating: "ж", count: 131_072)
            try await client.send(RawFrame.text(large))
            #expect(try await client.frame()?.text == large)
        }
    }

    @Test("messages sent in one turn come in order")
    func ordered() async throws {
        try await TestServer.with(webSocket: .echo()) { server in
            let client = try await RawClient.webSocket(server.port)
            try await client.send(RawFrame.text("three"))
            for word in ["один", "два", "три"] { #expect(try await client.frame()?.text == word) }
        }
    }

    @Test("frames that come with the handshake are not lost")
    func early() async throws {
        try await TestServer.with(webSocket: .echo()) { server in
            let client = try await RawClient.connect(server.port)
            try await client.send(Array(RawClient.handshake.utf8) + RawFrame.text("early"))
            #expect(try await client.response().status == 101)
            #expect(try await client.frame()?.text == "early")
        }
    }

    @Test(
        "what breaks the rules is closed by its code, with the reason, and the session hears of it once",
        arguments: [
            Bad("binary", 4501, RawFrame.bytes(2, [1])),
            Bad("not UTF-8", 1007, RawFrame.bytes(1, [0xC0, 0x80])),
            Bad("half a character", 1007, RawFrame.bytes(1, [0xD0])),
            Bad("a surrogate", 1007, RawFrame.bytes(1, [0xED, 0xA0, 0x80])),
            Bad("unmasked", 1002, RawFrame.bytes(1, [0x61], isMasked: false)),
            Bad("reserved bit", 1002, RawFrame.bytes(1, [0x61], reserved: 4)),
            Bad("reserved opcode", 1002, RawFrame.bytes(3, [0x61])),
            Bad("reserved control opcode", 1002, RawFrame.bytes(11)),
            Bad("fragmented ping", 1002, RawFrame.bytes(9, [1], isFinal: false)),
            Bad("long ping", 1002, RawFrame.bytes(9, [UInt8](repeating: 1, count: 126))),
            Bad("continuation of nothing", 1002, RawFrame.bytes(0, [0x61])),
            Bad("text within a message", 1002, RawFrame.bytes(1, [0x61], isFinal: false) + RawFrame.text("b")),
            Bad("too long a frame", 1009, RawFrame.bytes(1, [UInt8](repeating: 0x61, count: 262_145))),
            Bad(
                "too long in fragments", 1009,
                RawFrame.bytes(1, [UInt8](repeating: 0x61, count: 200_000), isFinal: false)
                    + RawFrame.bytes(0, [UInt8](repeating: 0x61, count: 62_145))),
            Bad("close with one byte", 1002, RawFrame.bytes(8, [3])),
            Bad("close with a forbidden code", 1002, RawFrame.bytes(8, [0x03, 0xED])),
            Bad("close with a reason that is not UTF-8", 1002, RawFrame.bytes(8, [0x03, 0xE8, 0xFF])),
        ])
    func breaks(bad: Bad) async throws {
        let log = SessionLog()
        try await TestServer.with(webSocket: .echo(log)) { server in
            let client = try await RawClient.webSocket(server.port)
            try await client.send(bad.bytes)
            // What comes after a fault is not read.
            try await client.send(RawFrame.text("after"))
            let frame = try #require(try await client.frame())
            #expect(frame.opcode == 8)
            #expect(frame.closeCode == bad.code)
            if bad.code != 1002 || !bad.testDescription.hasPrefix("close") {
                #expect(frame.closeReason == #"{"retry_after_ms":100}"#)
            }
            #expect(try await client.frame() == nil)
            await client.close()
            await log.wait(for: "closed by us \(bad.code)")
            #expect(log.notes.filter { $0.hasPrefix("closed") }.count == 1)
            #expect(!log.notes.contains("text 5"))
        }
    }

    @Test(
        "the peer's close is answered with its code and the connection ends", arguments: [nil, 1000, 1001, 3000, 4999])
    func peerCloses(code: Int?) async throws {
        let log = SessionLog()
        try await TestServer.with(webSocket: .echo(log)) { server in
            let client = try await RawClient.webSocket(server.port)
            let payload = code.map { [UInt8($0 >> 8), UInt8($0 & 0xFF)] + Array("пока".utf8) } ?? []
            try await client.send(RawFrame.bytes(8, payload))
            #expect(try await client.frame() == RawFrame(opcode: 8, payload: Array(payload.prefix(2))))
            #expect(try await client.frame() == nil)
            await client.close()
            await log.wait(for: "closed by peer \(code ?? 0)")
        }
    }

    @Test("the session's close carries its reason, and ends when the peer has answered")
    func sessionCloses() async throws {
        let log = SessionLog()
        try await TestServer.with(webSocket: .echo(log)) { server in
            let client = try await RawClient.webSocket(server.port)
            try await client.send(RawFrame.text("close"))
            let frame = try #require(try await client.frame())
            #expect(frame.closeCode == 4503)
            #expect(frame.closeReason == #"{"retry_after_ms":5}"#)
            try await client.send(RawFrame.bytes(8, Array(frame.payload)))
            #expect(try await client.frame() == nil)
            await log.wait(for: "closed by us 4503")
        }
    }

    @Test("a peer that does not answer the close is cut after the timeout")
    func closeTimesOut() async throws {
        let log = SessionLog()
        try await TestServer.with(webSocket: .echo(log) { $0.closeWithin = .milliseconds(200) }) { server in
            let client = try await RawClient.webSocket(server.port)
            try await client.send(RawFrame.text("close"))
            #expect(try await client.frame()?.closeCode == 4503)
            #expect(try await client.frame() == nil)
            await log.wait(for: "closed by us 4503")
        }
    }

    @Test("pings come in time and a pong keeps the session")
    func pings() async throws {
        let log = SessionLog()
        try await TestServer.with(webSocket: .echo(log) { $0.pingEvery = .milliseconds(100) }) { server in
            let client = try await RawClient.webSocket(server.port)
            for _ in 0..<4 {
                let ping = try #require(try await client.frame())
                #expect(ping.opcode == 9)
                try await client.send(RawFrame.bytes(10, ping.payload))
            }
        }
    }

    @Test("a ping without a pong closes the session 4012")
    func noPong() async throws {
        let change: @Sendable (inout WebSocketPolicy) -> Void = {
            $0.pingEvery = .milliseconds(100)
            $0.pongWithin = .milliseconds(200)
        }
        try await TestServer.with(webSocket: .echo(SessionLog(), change)) { server in
            let client = try await RawClient.webSocket(server.port)
            #expect(try await client.frame()?.opcode == 9)
            let close = try #require(try await client.frame())
            #expect(close.closeCode == 4012)
            #expect(close.closeReason == #"{"retry_after_ms":100}"#)
        }
    }

    @Test("a socket that takes nothing is closed 4008; the session learns of it")
    func stalls() async throws {
        let log = SessionLog()
        let change: @Sendable (inout WebSocketPolicy) -> Void = {
            $0.stalledAfter = .milliseconds(400)
            $0.closeWithin = .milliseconds(200)
        }
        try await TestServer.with(webSocket: .echo(log, change)) { server in
            let client = try await RawClient.webSocket(server.port)
            try await client.channel.setOption(.autoRead, value: false).get()
            try await client.send(RawFrame.text("flood"))
            await log.wait(for: "closed by us 4008")
            #expect(log.notes.filter { $0.hasPrefix("closed") }.count == 1)
        }
    }

    @Test("a slow but moving reader is kept and gets everything; the session hears when it can write again")
    func slowReader() async throws {
        let log = SessionLog()
        try await TestServer.with(webSocket: .echo(log)) { server in
            let client = try await RawClient.webSocket(server.port)
            try await client.channel.setOption(.autoRead, value: false).get()
            try await client.send(RawFrame.text("flood"))
            while client.total < 8 << 20 {
                client.channel.read()
                try await Task.sleep(for: .milliseconds(5))
            }
            for _ in 0..<512 { #expect(try await client.frame()?.payload.count == 16_384) }
            await log.wait(for: "writable")
            #expect(!log.notes.contains { $0.hasPrefix("closed") })
        }
    }

    @Test("a session that stops reading holds the peer back, and nothing is lost when it goes on")
    func pausesReading() async throws {
        let log = SessionLog()
        try await TestServer.with(webSocket: .echo(log)) { server in
            let client = try await RawClient.webSocket(server.port)
            try await client.send(RawFrame.text("pause"))
            await log.wait(for: "paused")
            let frame = RawFrame.bytes(1, [UInt8](repeating: 0x62, count: 100_000))
            async let sending: Void = { for _ in 0..<200 { try await client.send(frame) } }()
            // One message at most is in what had been read when the session said stop.
            try await Task.sleep(for: .milliseconds(500))
            #expect(log.notes.filter { $0 == "text 100000" }.count <= 1)
            log.connections[0].resumeReading()
            for _ in 0..<200 { #expect(try await client.frame()?.payload.count == 100_000) }
            try await sending
        }
    }

    @Test("shutdown asks sessions to drain and lets the close handshake end")
    func drains() async throws {
        let log = SessionLog()
        try await TestServer.with(webSocket: .echo(log)) { server in
            let client = try await RawClient.webSocket(server.port)
            await server.group.triggerGracefulShutdown()
            let close = try #require(try await client.frame())
            #expect(close.closeCode == 4001)
            #expect(close.closeReason == #"{"retry_after_ms":700}"#)
            try await client.send(RawFrame.bytes(8, Array(close.payload.prefix(2))))
            #expect(try await client.frame() == nil)
        }
        #expect(log.notes.contains("closed by us 4001"))
    }
}
