import HTTPFetch
import Testing

/// What a sender must know: can the request have arrived or not.
@Suite("Failures")
struct FailureTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let code: HTTPFetchError.Code
        var status: Int?
        var total = Duration.seconds(30)
        let script: ScriptedServer.Script
    }

    static let cases: [Case] = [
        Case(testDescription: "closed after the request was read", code: .reset) { connection in
            _ = try await connection.request()
        },
        Case(testDescription: "reset after the request was read", code: .reset) { connection in
            _ = try await connection.request()
            try await connection.reset()
        },
        Case(testDescription: "closed inside the answer's head", code: .reset) { connection in
            _ = try await connection.request()
            try await connection.send("HTTP/1.1 200 OK\r\nContent-Le")
        },
        Case(testDescription: "closed in mid-body", code: .truncated, status: 200) { connection in
            _ = try await connection.request()
            try await connection.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc")
        },
        Case(testDescription: "reset in mid-body", code: .reset, status: 502) { connection in
            _ = try await connection.request()
            try await connection.send("HTTP/1.1 502 Bad\r\nContent-Length: 1000000\r\n\r\nabc")
            try await connection.reset()
        },
        Case(testDescription: "closed between chunks", code: .truncated, status: 200) { connection in
            _ = try await connection.request()
            try await connection.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n")
        },
        Case(testDescription: "not HTTP", code: .badResponse) { connection in
            _ = try await connection.request()
            try await connection.send("SSH-2.0-x\r\n")
        },
        Case(testDescription: "never answered", code: .timeout, total: .seconds(4)) { connection in
            _ = try await connection.request()
            try await connection.waitForClose()
        },
        Case(testDescription: "stopped in mid-body", code: .timeout, status: 200, total: .seconds(4)) {
            connection in
            _ = try await connection.request()
            try await connection.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc")
            try await connection.waitForClose()
        },
        Case(testDescription: "too large by its Content-Length", code: .tooLarge, status: 200) { connection in
            _ = try await connection.request()
            try await connection.send("HTTP/1.1 200 OK\r\nContent-Length: 2000000\r\n\r\n")
            try await connection.waitForClose()
        },
        Case(testDescription: "too large without an announced length", code: .tooLarge, status: 200) { connection in
            _ = try await connection.request()
            try await connection.send("HTTP/1.1 200 OK\r\n\r\n")
            for _ in 0..<200 { try await connection.send(String(repeating: "x", count: 10_000)) }
        },
        Case(testDescription: "a header without end", code: .tooLarge, status: 200) { connection in
            _ = try await connection.request()
            try await connection.send("HTTP/1.1 200 OK\r\n")
            for number in 0..<1000 {
                try await connection.send("X-\(number): \(String(repeating: "x", count: 1000))\r\n")
            }
        },
    ]

    @Test("once the request has gone out, a failure is uncertain", arguments: cases)
    func uncertain(_ example: Case) async throws {
        try await ScriptedServer.with(example.script) { server in
            try await withFetcher { fetcher in
                let request = HTTPRequest(
                    .post, server.url + "/bot123:SECRET/sendMessage?key=SECRET", body: .string("text"),
                    timeouts: HTTPTimeouts(total: example.total), label: "sendMessage")
                let error = try await failure(fetcher, request)
                #expect(error.code == example.code, "\(error)")
                #expect(error.delivery == .uncertain)
                #expect(error.status == example.status)
                #expect(error.origin == server.url)
                #expect(!"\(error) \(error.detail)".contains("SECRET"))
                #expect("\(error)".hasPrefix("sendMessage at \(server.url): "))
                #expect(server.connections.count == 1)
            }
        }
    }

    @Test("a refused port is certainly not sent")
    func refused() async throws {
        let port = try await ScriptedServer.with({ _ in }) { $0.port }
        try await withFetcher { fetcher in
            let error = try await failure(fetcher, HTTPRequest(.post, "http://127.0.0.1:\(port)/x", body: .string("x")))
            #expect(error.code == .connect)
            #expect(error.delivery == .certainlyNotSent)
            #expect(error.isTransient)
            #expect(error.curlCode == 7)
        }
    }

    @Test("a name that does not exist is certainly not sent")
    func unknownName() async throws {
        try await withFetcher { fetcher in
            let error = try await failure(fetcher, HTTPRequest(.post, "http://eralink.invalid/x", body: .string("x")))
            #expect(error.code == .dns)
            #expect(error.delivery == .certainlyNotSent)
        }
    }

    @Test("a TLS handshake that fails is certainly not sent", arguments: ["garbage", "closed"])
    func handshake(kind: String) async throws {
        let script: ScriptedServer.Script = { connection in
            if kind == "closed" { return }
            try await connection.send("HTTP/1.1 400 this is not TLS\r\n\r\n")
            try await connection.waitForClose()
        }
        try await ScriptedServer.with(script) { server in
            try await withFetcher { fetcher in
                let error = try await failure(
                    fetcher, HTTPRequest(.post, "https://127.0.0.1:\(server.port)/x", body: .string("x")))
                #expect(error.code == .tls)
                #expect(error.delivery == .certainlyNotSent)
            }
        }
    }

    @Test("a handshake that hangs runs into the connect timeout and is certainly not sent")
    func hangingHandshake() async throws {
        try await ScriptedServer.with({ try await $0.waitForClose() }) { server in
            try await withFetcher { fetcher in
                let timeouts = HTTPTimeouts(connect: .milliseconds(200))
                let request = HTTPRequest(.post, "https://127.0.0.1:\(server.port)", timeouts: timeouts)
                let error = try await failure(fetcher, request)
                #expect(error.code == .timeout)
                #expect(error.delivery == .certainlyNotSent)
            }
        }
    }

    @Test("a stalled download ends by the stall timeout")
    func stall() async throws {
        let script: ScriptedServer.Script = { connection in
            _ = try await connection.request()
            try await connection.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc")
            try await connection.waitForClose()
        }
        try await ScriptedServer.with(script) { server in
            try await withFetcher { fetcher in
                let timeouts = HTTPTimeouts(total: nil, stall: .seconds(1))
                let error = try await failure(fetcher, HTTPRequest(.get, server.url, timeouts: timeouts))
                #expect(error.code == .timeout)
            }
        }
    }

    @Test("a POST that a kept connection may have swallowed is not sent again behind the sender's back")
    func noSilentRepeat() async throws {
        let bodies = Shared<[String]>([])
        let script: ScriptedServer.Script = { connection in
            while let request = try await connection.request() {
                let count = bodies.change { $0.append(String(decoding: request.body, as: UTF8.self)) }.count
                if count == 2 { return }
                try await connection.respond(body: "ok")
            }
        }
        try await ScriptedServer.with(script) { server in
            try await withFetcher { fetcher in
                _ = try await fetcher.fetch(HTTPRequest(.post, server.url, body: .string("one")))
                let error = try await failure(fetcher, HTTPRequest(.post, server.url, body: .string("two")))
                #expect(error.code == .reset)
                #expect(error.delivery == .uncertain)
                #expect(bodies.value == ["one", "two"])
                _ = try await fetcher.fetch(HTTPRequest(.post, server.url, body: .string("three")))
                #expect(bodies.value == ["one", "two", "three"])
            }
        }
    }

    @Test("a GET on a kept connection that ends is repeated on a fresh one")
    func safeRepeat() async throws {
        let asked = Shared(0)
        let script: ScriptedServer.Script = { connection in
            while try await connection.request() != nil {
                if asked.change({ $0 += 1 }) == 2 { return }
                try await connection.respond(body: "ok")
            }
        }
        try await ScriptedServer.with(script) { server in
            try await withFetcher { fetcher in
                _ = try await fetcher.fetch(HTTPRequest(.get, server.url))
                let outcome = try await fetcher.fetch(HTTPRequest(.get, server.url))
                #expect(outcome.text == "ok")
                #expect(asked.value == 3)
            }
        }
    }

    @Test("a POST after the server closed the idle connection goes out once, on a fresh one")
    func idleClose() async throws {
        let closed = Shared(0)
        let bodies = Shared<[String]>([])
        let script: ScriptedServer.Script = { connection in
            guard let request = try await connection.request() else { return }
            bodies.change { $0.append(String(decoding: request.body, as: UTF8.self)) }
            try await connection.respond(body: "ok")
            try await connection.close()
            closed.change { $0 += 1 }
        }
        try await ScriptedServer.with(script) { server in
            try await withFetcher { fetcher in
                for number in 1...3 {
                    let request = HTTPRequest(.post, server.url, body: .string("\(number)"))
                    let outcome = try await fetcher.fetch(request)
                    #expect(outcome.status == 200)
                    while closed.value < number { await Task.yield() }
                }
                #expect(bodies.value == ["1", "2", "3"])
            }
        }
    }

    static let injections: [(String, HTTPRequest)] = [
        ("CR LF in a header's value", HTTPRequest(.get, "http://127.0.0.1:1/", headers: ["X": "a\r\nEvil: 1"])),
        ("LF in a header's value", HTTPRequest(.get, "http://127.0.0.1:1/", headers: ["X": "a\nEvil: 1"])),
        ("NUL in a header's value", HTTPRequest(.get, "http://127.0.0.1:1/", headers: ["X": "a\0b"])),
        ("CR LF in a header's name", HTTPRequest(.get, "http://127.0.0.1:1/", headers: ["X\r\nEvil": "a"])),
        ("a colon in a header's name", HTTPRequest(.get, "http://127.0.0.1:1/", headers: ["X:": "a"])),
        ("an empty header name", HTTPRequest(.get, "http://127.0.0.1:1/", headers: ["": "a"])),
        ("a length of the caller's", HTTPRequest(.get, "http://127.0.0.1:1/", headers: ["content-length": "1"])),
        ("CR LF in the URL", HTTPRequest(.get, "http://127.0.0.1:1/a\r\nEvil: 1")),
        ("a space in the URL", HTTPRequest(.get, "http://127.0.0.1:1/a b")),
        ("NUL in the URL", HTTPRequest(.get, "http://127.0.0.1:1/a\0b")),
        ("user info in the URL", HTTPRequest(.get, "http://user:pw@127.0.0.1:1/")),
        ("a scheme of files", HTTPRequest(.get, "file:///etc/passwd")),
        ("no scheme", HTTPRequest(.get, "127.0.0.1:1/x")),
        ("no URL", HTTPRequest(.get, "")),
        ("a method with a space", HTTPRequest(HTTPMethod(rawValue: "GET /x"), "http://127.0.0.1:1/")),
        (
            "CR LF in a part's type",
            HTTPRequest(
                .post, "http://127.0.0.1:1/",
                body: .multipart(MultipartForm([.file("f", filename: "n", contentType: "a\r\nb", bytes: [])])))
        ),
    ]

    @Test("what could smuggle a header or leave the protocol is refused before anything is sent", arguments: injections)
    func injection(name: String, request: HTTPRequest) async throws {
        try await withFetcher { fetcher in
            let error = try await failure(fetcher, request)
            #expect(error.code == .invalidRequest)
            #expect(error.delivery == .certainlyNotSent)
            #expect(!error.isTransient)
        }
    }
}
