import Domain
import JSON
import Logging
import ServiceLifecycle
import Synchronization
import Testing

@testable import AgentClient
@testable import Web

/// A small agent API: enough of it to see what the client makes of replies, events and closes.
actor FakeAgentSession: WebSocketSession {
    private let connection: WebSocketConnection
    private let script: FakeAgentScript

    nonisolated var unownedExecutor: UnownedSerialExecutor { connection.unownedExecutor }

    init(_ connection: WebSocketConnection, _ script: FakeAgentScript) {
        self.connection = connection
        self.script = script
    }

    nonisolated func received(_ text: [UInt8]) { assumeIsolated { $0.handle(text) } }
    nonisolated func becameWritable() {}
    nonisolated func drain() { connection.close(.shuttingDown, reason: #"{"retry_after_ms":30}"#) }
    nonisolated func closed(_ end: WebSocketEnd) {}

    private func handle(_ text: [UInt8]) {
        guard let call = try? JSONValue(parsing: text), let id = call["id"]?.int64 else { return }
        let params = call["params"] ?? .null
        switch call["method"]?.string {
        case "session.hello":
            let from = params["cursor"]?.string.flatMap { Int($0.dropFirst(2)) }
            script.hello(params)
            let isLost = from == -1
            reply(id, #"{"cursor":"e-\#(script.last)","recovered":\#(!isLost)}"#)
            if let from, !isLost, from < script.last { for n in (from + 1)...script.last { event(n) } }
        case "fail":
            send(
                #"{"jsonrpc":"2.0","id":\#(id),"error":{"code":-32004,"message":"taken","data":{"code":"conflict","#
                    + #""retryable":false,"details":{"agent":"oleg","version":4}}}}"#)
        case "silent": break
        case "echo": reply(id, String(decoding: JSONWriter.bytes(of: params), as: UTF8.self))
        case "emit":
            let count = params["count"]?.int64 ?? 1
            for _ in 0..<count { event(script.next()) }
            reply(id, "{}")
        case "close":
            let code = UInt16(params["code"]?.int64 ?? 1000)
            connection.close(WebSocketCloseCode(code), reason: #"{"retry_after_ms":30}"#)
        default: break
        }
    }

    private func event(_ n: Int) {
        send(
            #"{"jsonrpc":"2.0","method":"event","params":{"cursor":"e-\#(n)","type":"message.created","data":{"n":\#(n)}}}"#
        )
    }

    private func reply(_ id: Int64, _ result: String) { send(#"{"jsonrpc":"2.0","id":\#(id),"result":\#(result)}"#) }
    private func send(_ text: String) { connection.send(Array(text.utf8)) }
}

final class FakeAgentScript: Sendable {
    private let state = Mutex((last: 10, hellos: [JSONValue]()))

    var last: Int { state.withLock { $0.last } }
    var hellos: [JSONValue] { state.withLock { $0.hellos } }

    func next() -> Int {
        state.withLock {
            $0.last += 1
            return $0.last
        }
    }

    func hello(_ params: JSONValue) { state.withLock { $0.hellos.append(params) } }

    var route: WebSocketRoute {
        WebSocketRoute("/v1/agent", subprotocol: "eralink.v1") { request in
            guard (try? request.bearerToken()) == "good" else {
                return .refuse(.problem(EralinkError(.unauthorized, "the token is not valid")))
            }
            return .accept { FakeAgentSession($0, self) }
        }
    }
}

@Suite("The agent client")
struct AgentClientTests {
    private func with<Result: Sendable>(
        _ script: FakeAgentScript = FakeAgentScript(),
        _ body: @Sendable @escaping (String, TestServer) async throws -> Result
    ) async throws -> Result {
        try await TestServer.with(webSocket: script.route) { try await body("http://127.0.0.1:\($0.port)", $0) }
    }

    @Test("many requests at once each get their own reply, text unchanged")
    func concurrent() async throws {
        try await with { url, _ in
            let connection = try await AgentConnection.connect(url, token: "good")
            try await withThrowingTaskGroup(of: Void.self) { group in
                for n in 0..<200 {
                    group.addTask {
                        let params = JSONValue.object([JSONMember("text", .string("Привет 👋 \(n) \u{2028}\"\\"))])
                        let echoed = try await connection.request("echo", params)
                        #expect(echoed == params)
                    }
                }
                try await group.waitForAll()
            }
            await connection.close()
            #expect(try await connection.nextEvent() == nil)
        }
    }

    @Test("errors come by their code with their details")
    func errors() async throws {
        try await with { url, _ in
            let connection = try await AgentConnection.connect(url + "/v1/agent", token: "good")
            let error = await #expect(throws: EralinkError.self) { try await connection.request("fail") }
            #expect(error?.code == .conflict)
            #expect(error?.message == "taken")
            #expect(error?.details == [.init("agent", .string("oleg")), .init("version", .integer(4))])
            await connection.close()
        }
    }

    @Test("a refused token is unauthorized; a server that is not there is told as a sentence; TLS is refused")
    func refused() async throws {
        let port = try await with { url, server in
            let error = await #expect(throws: EralinkError.self) {
                try await AgentConnection.connect(url, token: "bad")
            }
            #expect(error?.code == .unauthorized)
            #expect(error?.message == "the token is not valid")
            return server.port
        }
        let error = await #expect(throws: EralinkError.self) {
            try await AgentConnection.connect("ws://127.0.0.1:\(port)", token: "good")
        }
        #expect(error?.code == .unavailable)
        #expect(
            error?.message == "chat server is not running at 127.0.0.1:\(port); start it with \"eralink serve chat\"")
        for url in ["wss://127.0.0.1", "ftp://x", "127.0.0.1:8080", "http://:1", "http://a:x", "http://u:p@a"] {
            let error = await #expect(throws: EralinkError.self) {
                try await AgentConnection.connect(url, token: "good")
            }
            #expect(error?.code == .invalidParams, "\(url)")
        }
    }

    @Test(
        "a close is a typed error, for the requests under way and for the events",
        arguments: [
            (4001, true), (4012, true), (4499, true), (4500, false), (4502, false), (4509, false), (1009, false),
        ])
    func closes(code: Int, mayReconnect: Bool) async throws {
        try await with { url, _ in
            let connection = try await AgentConnection.connect(url, token: "good")
            let silent = Task { try await connection.request("silent") }
            let params = JSONValue.object([JSONMember("code", .number(JSONNumber(Int64(code))))])
            let closed = await #expect(throws: AgentClosed.self) { try await connection.request("close", params) }
            #expect(closed?.code == UInt16(code))
            #expect(closed?.mayReconnect == mayReconnect)
            #expect(closed?.retryAfterMilliseconds == 30)
            await #expect(throws: AgentClosed.self) { try await silent.value }
            await #expect(throws: AgentClosed.self) { try await connection.nextEvent() }
            await #expect(throws: AgentClosed.self) { try await connection.request("echo") }
        }
    }

    @Test("a request that is not answered, or is cancelled, ends without hurting others")
    func timeouts() async throws {
        try await with { url, _ in
            var options = AgentConnection.Options()
            options.requestTimeout = .seconds(1)
            let connection = try await AgentConnection.connect(url, token: "good", options: options)
            let error = await #expect(throws: EralinkError.self) { try await connection.request("silent") }
            #expect(error?.code == .unavailable)
            let task = Task { try await connection.request("silent") }
            task.cancel()
            await #expect(throws: CancellationError.self) { try await task.value }
            #expect(try await connection.request("echo", .object([])) == .object([]))
            let waiting = Task { try await connection.nextEvent() }
            waiting.cancel()
            await #expect(throws: CancellationError.self) { try await waiting.value }
            await connection.close()
        }
    }

    @Test(
        "events come in order; a slow consumer stops the socket and still gets every one, and may send requests meanwhile"
    )
    func backpressure() async throws {
        try await with { url, _ in
            var options = AgentConnection.Options()
            options.eventBuffer = 16
            let connection = try await AgentConnection.connect(url, token: "good", options: options)
            let count = JSONValue.object([JSONMember("count", .number(JSONNumber(20_000)))])
            _ = try await connection.request("emit", count)
            for n in 1...20_000 {
                let event = try await connection.nextEvent()
                #expect(event?.cursor == "e-\(10 + n)")
                if n % 5000 == 0 { #expect(try await connection.request("echo", .bool(true)) == .bool(true)) }
            }
            await connection.close()
        }
    }

    @Test("a resuming client comes back after a close and goes on after the last event it handled")
    func resumes() async throws {
        let script = FakeAgentScript()
        try await with(script) { url, _ in
            let seen = Mutex<[String]>([])
            var options = ResumingAgentClient.Options()
            options.backoff = Backoff(first: .milliseconds(10))
            let client = ResumingAgentClient(
                url: url, token: "good", hello: AgentHello(cursor: "e-7"), options: options,
                logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }))
            let done = await thrown(Done.self) {
                try await client.run { item in
                    switch item {
                    case .connected(_, let isFirst):
                        seen.withLock { $0.append(isFirst ? "first" : "again") }
                        if !isFirst { _ = try await client.request("emit") }
                    case .gap: seen.withLock { $0.append("gap") }
                    case .disconnected(let error, let retryIn):
                        #expect(error.code == .unavailable)
                        // The server said 30 ms, with jitter on top.
                        #expect(retryIn >= .milliseconds(30) && retryIn <= .milliseconds(40))
                        seen.withLock { $0.append("lost") }
                    case .event(let event):
                        let n = event.data["n"]?.int64 ?? 0
                        seen.withLock { $0.append("\(n)") }
                        if n == 9 {
                            let params = JSONValue.object([JSONMember("code", .number(JSONNumber(4008)))])
                            #expect(await thrown(AgentClosed.self) { try await client.request("close", params) } != nil)
                        }
                        if n == 11 { throw Done() }
                    }
                }
            }
            #expect(done != nil)
            // 10 came before the close or after it, and once.
            let notes = seen.withLock { $0 }
            #expect(notes.filter { Int($0) != nil } == ["8", "9", "10", "11"])
            #expect(notes.prefix(3) == ["first", "8", "9"])
            #expect(script.hellos.count == 2)
        }
    }

    private struct Done: Error {}

    @Test("a cursor that the log no longer holds is told as a gap")
    func gap() async throws {
        try await with { url, _ in
            let client = ResumingAgentClient(
                url: url, token: "good", hello: AgentHello(cursor: "e--1"),
                logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }))
            let seen = Mutex<[String]>([])
            let done = await thrown(Done.self) {
                try await client.run { item in
                    if case .gap(let from, let to) = item {
                        seen.withLock { $0.append("\(from) \(to)") }
                        throw Done()
                    }
                }
            }
            #expect(done != nil)
            #expect(seen.withLock { $0 } == ["e--1 e-10"])
        }
    }

    @Test("a close that says not to come back ends the client, as does a server that is not there at first")
    func ends() async throws {
        try await with { url, _ in
            let logger = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
            let client = ResumingAgentClient(url: url, token: "good", logger: logger)
            let error = await thrown(EralinkError.self) {
                try await client.run { item in
                    guard case .connected = item else { return }
                    let params = JSONValue.object([JSONMember("code", .number(JSONNumber(4503)))])
                    #expect(await thrown(AgentClosed.self) { try await client.request("close", params) } != nil)
                }
            }
            #expect(error?.code == .unauthorized)
            await #expect(throws: AgentClosed.self) { try await client.request("echo") }
            let nobody = ResumingAgentClient(url: "http://127.0.0.1:1", token: "good", logger: logger)
            let absent = await #expect(throws: EralinkError.self) { try await nobody.run { _ in } }
            #expect(absent?.code == .unavailable)
        }
    }

    @Test("REST: the query is encoded, the token is sent, JSON comes back, problems are errors")
    func rest() async throws {
        let list = WebRoute(.get, "/v1/items/{id}") { request in
            guard try request.bearerToken() == "good" else { throw EralinkError(.forbidden, "not yours") }
            let query = request.query.map { JSONMember($0.name, .string($0.value)) }
            return .json(
                JSONWriter.bytes(of: JSONValue.object([JSONMember("id", .string(request.parameter("id")))] + query)))
        }
        try await TestServer.with(routes: [list]) { server in
            let url = "http://127.0.0.1:\(server.port)/"
            let value = try await RESTClient(url, token: "good").get(
                "/v1/items/\(PercentEncoding.encoded("а/б"))", query: [("q", "да & нет+ 👋"), ("empty", "")])
            #expect(value["id"]?.string == "а/б")
            #expect(value["q"]?.string == "да & нет+ 👋")
            #expect(value["empty"]?.string == "")
            let forbidden = await #expect(throws: EralinkError.self) {
                try await RESTClient(url, token: "bad").get("/v1/items/1")
            }
            #expect(forbidden?.code == .forbidden)
            let missing = await #expect(throws: EralinkError.self) {
                try await RESTClient(url, token: "good").get("/v2")
            }
            #expect(missing?.code == .methodNotFound)
        }
        let absent = await #expect(throws: EralinkError.self) {
            try await RESTClient("http://127.0.0.1:1", token: "good").get("/v1")
        }
        #expect(absent?.message == "loader is not running at 127.0.0.1:1; start it with \"eralink serve loader\"")
    }
}
