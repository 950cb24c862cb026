import HTTPFetch
import Testing

@Suite("Exchanges")
struct ExchangeTests {
    @Test("an answer comes with status, headers in any case, body, peer and times")
    func wholeAnswer() async throws {
        let script = answering { _ in ("201 Created", ["X-One: 1", "x-two:  two words ", "X-One: 2"], "made") }
        try await ScriptedServer.with(script) { server in
            try await withFetcher { fetcher in
                let before = ContinuousClock.now
                let response = try await fetcher.fetch(HTTPRequest(.get, server.url + "/a"))
                #expect(response.status == 201)
                #expect(response.headers["X-TWO"] == "two words")
                #expect(response.headers.all("x-one") == ["1", "2"])
                #expect(response.text == "made")
                #expect(response.remoteAddress == "127.0.0.1:\(server.port)")
                #expect(response.timings.started >= before)
                #expect(response.timings.finished >= response.timings.started)
                #expect(!response.timings.reusedConnection)
            }
        }
    }

    @Test("what is asked for goes out as it was given", arguments: [HTTPMethod.post, .put, .patch, .delete, .get])
    func requestAsGiven(method: HTTPMethod) async throws {
        let script = answering { request in
            let fields = ["content-type", "x-empty", "user-agent", "expect"].map { request.headers[$0] ?? "-" }
            return (
                "200 OK", [],
                ([request.line] + fields + [String(decoding: request.body, as: UTF8.self)]).joined(separator: "|")
            )
        }
        try await ScriptedServer.with(script) { server in
            try await withFetcher(HTTPFetchConfiguration(userAgent: "tests/1")) { fetcher in
                let request = HTTPRequest(
                    method, server.url + "/p?q=%D1%8F", headers: ["Content-Type": "application/json", "X-Empty": ""],
                    body: .string("{\"a\":\"я\"}"))
                let text = try await fetcher.fetch(request).text
                #expect(text == "\(method.rawValue) /p?q=%D1%8F HTTP/1.1|application/json||tests/1|-|{\"a\":\"я\"}")
            }
        }
    }

    @Test("HEAD has no body although one is announced, and is not too large")
    func head() async throws {
        let script: ScriptedServer.Script = { connection in
            while try await connection.request() != nil {
                try await connection.send("HTTP/1.1 200 OK\r\nContent-Length: 5000000\r\n\r\n")
            }
        }
        try await ScriptedServer.with(script) { server in
            try await withFetcher { fetcher in
                let response = try await fetcher.fetch(HTTPRequest(.head, server.url))
                #expect(response.body.isEmpty)
                #expect(response.headers["content-length"] == "5000000")
            }
        }
    }

    @Test("interim answers are skipped, chunks are joined, trailers are not headers")
    func chunked() async throws {
        let script: ScriptedServer.Script = { connection in
            _ = try await connection.request()
            try await connection.send("HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\n")
            try await connection.send("Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n")
            try await connection.send("4\r\ndefg\r\n0\r\nX-Trailer: t\r\n\r\n")
            try await connection.waitForClose()
        }
        try await ScriptedServer.with(script) { server in
            try await withFetcher { fetcher in
                let response = try await fetcher.fetch(HTTPRequest(.get, server.url))
                #expect(response.status == 200)
                #expect(response.text == "abcdefg")
                #expect(response.headers["link"] == nil)
                #expect(response.headers["x-trailer"] == nil)
            }
        }
    }

    @Test("a connection is kept and used again")
    func keepAlive() async throws {
        try await ScriptedServer.with(answering { _ in ("200 OK", [], "") }) { server in
            try await withFetcher { fetcher in
                for number in 0..<20 {
                    let response = try await fetcher.fetch(HTTPRequest(.post, server.url, body: .string("\(number)")))
                    #expect(response.timings.reusedConnection == (number > 0))
                }
                #expect(server.connections.count == 1)
            }
        }
    }

    @Test("a hundred slow requests are under way at once")
    func concurrent() async throws {
        let all = Event()
        let arrived = ScriptedServer.Counter()
        // No answer before all have arrived: one after the other would never end.
        let gate = AsyncGate()
        let script: ScriptedServer.Script = { connection in
            while try await connection.request() != nil {
                if arrived.increment() == 100 { all.fire() }
                await gate.wait()
                try await connection.respond(body: "slow")
            }
        }
        try await ScriptedServer.with(script) { server in
            try await withFetcher(HTTPFetchConfiguration(maxConnectionsPerHost: 100)) { fetcher in
                try await withThrowingTaskGroup(of: String.self) { group in
                    for _ in 0..<100 { group.addTask { try await fetcher.fetch(HTTPRequest(.get, server.url)).text } }
                    await all.wait()
                    gate.open()
                    for try await text in group { #expect(text == "slow") }
                }
            }
        }
    }

    @Test("connections to a host are limited, the rest wait within their timeout")
    func connectionLimit() async throws {
        let script: ScriptedServer.Script = { connection in
            _ = try await connection.request()
            try await connection.waitForClose()
        }
        try await ScriptedServer.with(script) { server in
            try await withFetcher(HTTPFetchConfiguration(maxConnectionsPerHost: 2)) { fetcher in
                try await withThrowingTaskGroup(of: HTTPFetchError.self) { group in
                    func post(_ count: Int, total: Duration) {
                        for _ in 0..<count {
                            let request = HTTPRequest(.post, server.url, timeouts: HTTPTimeouts(total: total))
                            group.addTask { try await failure(fetcher, request) }
                        }
                    }
                    post(2, total: .seconds(5))
                    while server.connections.count < 2 { try await Task.sleep(for: .milliseconds(5)) }
                    post(3, total: .seconds(1))
                    var sent = 0
                    for try await error in group {
                        #expect(error.code == .timeout)
                        if error.delivery == .uncertain { sent += 1 }
                    }
                    #expect(sent == 2)
                    #expect(server.connections.count == 2)
                }
            }
        }
    }

    @Test("one transfer more than allowed is refused at once")
    func overloaded() async throws {
        let asked = Event()
        let script: ScriptedServer.Script = { connection in
            _ = try await connection.request()
            asked.fire()
            try await connection.waitForClose()
        }
        try await ScriptedServer.with(script) { server in
            try await withFetcher(HTTPFetchConfiguration(maxTransfers: 1)) { fetcher in
                let first = Task { try await failure(fetcher, HTTPRequest(.get, server.url)) }
                await asked.wait()
                let second = try await failure(fetcher, HTTPRequest(.get, server.url))
                #expect(second.code == .overloaded)
                #expect(second.delivery == .certainlyNotSent)
                first.cancel()
                let outcome = try await first.value
                #expect(outcome.code == .cancelled)
            }
        }
    }

    @Test("a compressed answer is expanded when asked for, and measured expanded")
    func decompression() async throws {
        // gzip of 4000 times "a".
        let packed: [UInt8] = [
            31, 139, 8, 0, 0, 0, 0, 0, 2, 3, 237, 193, 49, 1, 0, 0, 0, 194, 160, 172, 235, 95, 194, 24, 62, 64, 1, 0, 0,
            0,
            111, 3, 235, 190, 133, 120, 160, 15, 0, 0,
        ]
        let script: ScriptedServer.Script = { connection in
            while try await connection.request() != nil {
                try await connection.send(
                    "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: \(packed.count)\r\n\r\n")
                try await connection.send(bytes: packed)
            }
        }
        try await ScriptedServer.with(script) { server in
            try await withFetcher { fetcher in
                let expanded = try await fetcher.fetch(HTTPRequest(.get, server.url, decompress: true))
                #expect(expanded.body == Array(repeating: UInt8(ascii: "a"), count: 4000))
                let outcome = try await fetcher.fetch(HTTPRequest(.get, server.url))
                #expect(outcome.body == packed)
                let small = HTTPRequest(.get, server.url, maxResponseBytes: 1000, decompress: true)
                let refused = try await failure(fetcher, small)
                #expect(refused.code == .tooLarge)
            }
        }
    }
}
