import Domain
import JSON
import Testing

@testable import Web

@Suite("HTTP from outside")
struct HTTPTests {
    private static let routes = [
        WebRoute(.get, "/hello/{name}") {
            .text("hello \($0.parameter("name")) \($0.query.map { "\($0.name)=\($0.value)" })")
        },
        WebRoute(.post, "/echo", bodyLimit: 1000) { .json(try await $0.body.collect()) },
        WebRoute(.get, "/fails") { _ in throw CocoaLikeError() },
        WebRoute(.get, "/busy") { _ in
            throw EralinkError(
                .rateLimited, "slow down", retryAfterMilliseconds: 1500, details: [.init("limit", .integer(50))])
        },
        WebRoute(.get, "/secret") { request in .text(try request.bearerToken() ?? "none") },
    ]

    struct Refused: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let request: String
        let status: Int
        let code: String

        init(_ label: String, _ request: String, _ status: Int, _ code: String) {
            testDescription = label
            self.request = request
            self.status = status
            self.code = code
        }
    }

    private struct CocoaLikeError: Error {
        let secret = "do-not-show-this"
    }

    @Test("parameters and query arrive decoded, Cyrillic and emoji too, and a plus stays a plus")
    func decodes() async throws {
        try await TestServer.with(routes: Self.routes) { server in
            let client = try await RawClient.connect(server.port)
            let response = try await client.get(
                "/hello/%D0%90%D0%BD%D0%BD%D0%B0%20%F0%9F%91%8B?from=2026-01-31T10:00:00+03:00&x=%26&x=&flag")
            #expect(response.status == 200)
            #expect(response.text == #"hello Анна 👋 ["from=2026-01-31T10:00:00+03:00", "x=&", "x=", "flag="]"#)
            #expect(response.header("Date")?.hasSuffix(" GMT") == true)
        }
    }

    @Test(
        "what cannot be served is answered by its status, on a connection that lives on where it can",
        arguments: [
            Refused("bad percent in path", "GET /hello/%zz HTTP/1.1\r\nHost: a\r\n\r\n", 400, "invalid_request"),
            Refused("cut percent in query", "GET /hello/a?b=%4 HTTP/1.1\r\nHost: a\r\n\r\n", 400, "invalid_request"),
            Refused("not UTF-8", "GET /hello/%ff HTTP/1.1\r\nHost: a\r\n\r\n", 400, "invalid_request"),
            Refused("U+0000", "GET /hello/%00 HTTP/1.1\r\nHost: a\r\n\r\n", 400, "invalid_request"),
            Refused("unknown path", "GET /nowhere HTTP/1.1\r\nHost: a\r\n\r\n", 404, "method_not_found"),
            Refused("empty parameter", "GET /hello/ HTTP/1.1\r\nHost: a\r\n\r\n", 404, "method_not_found"),
            Refused("other method", "DELETE /hello/a HTTP/1.1\r\nHost: a\r\n\r\n", 405, "method_not_found"),
            Refused(
                "announced too large", "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 1001\r\n\r\n", 413,
                "too_large"),
            Refused("no host", "GET /hello/a HTTP/1.1\r\n\r\n", 400, "invalid_request"),
            Refused("two hosts", "GET /hello/a HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400, "invalid_request"),
            Refused("not HTTP", "hello\r\n\r\n", 400, "invalid_request"),
            Refused(
                "bad length", "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: x\r\n\r\n", 400, "invalid_request"),
            Refused(
                "header too large",
                "GET /hello/a HTTP/1.1\r\nHost: a\r\nX: \(String(repeating: "x", count: 40_000))\r\n\r\n", 431,
                "too_large"),
            Refused(
                "target too large", "GET /\(String(repeating: "x", count: 40_000)) HTTP/1.1\r\nHost: a\r\n\r\n", 431,
                "too_large"),
            Refused(
                "odd authorization", "GET /secret HTTP/1.1\r\nHost: a\r\nAuthorization: Basic eDp5\r\n\r\n", 401,
                "unauthorized"),
            Refused("busy", "GET /busy HTTP/1.1\r\nHost: a\r\n\r\n", 429, "rate_limited"),
            Refused("fails", "GET /fails HTTP/1.1\r\nHost: a\r\n\r\n", 500, "internal"),
        ])
    func refuses(refused: Refused) async throws {
        try await TestServer.with(routes: Self.routes) { server in
            let client = try await RawClient.connect(server.port)
            try await client.send(refused.request)
            let response = try await client.response()
            #expect(response.status == refused.status)
            #expect(response.header("Content-Type") == "application/problem+json")
            let problem = try JSONValue(parsing: response.body)
            #expect(problem["status"]?.int64 == Int64(refused.status))
            #expect(problem["title"]?.string?.isEmpty == false)
            #expect(problem["message"]?.string?.isEmpty == false)
            #expect(problem["data"]?["code"]?.string == refused.code)
            #expect(problem["data"]?["retryable"]?.bool != nil)
            #expect(problem["data"]?["details"]?.object != nil)
            #expect(!response.text.contains("do-not-show-this"))
            if refused.status == 405 { #expect(response.header("Allow") == "GET, HEAD") }
            if refused.status == 401 { #expect(response.header("WWW-Authenticate") == "Bearer") }
            if refused.status == 429 {
                #expect(response.header("Retry-After") == "2")
                #expect(problem["data"]?["retry_after_ms"]?.int64 == 1500)
                #expect(problem["data"]?["details"]?["limit"]?.int64 == 50)
            }
        }
    }

    @Test("a connection is kept for many requests, pipelined ones are answered in order, and close is obeyed")
    func keepsAlive() async throws {
        try await TestServer.with(routes: Self.routes) { server in
            let client = try await RawClient.connect(server.port)
            for name in ["a", "b", "c"] { #expect(try await client.get("/hello/\(name)").text == "hello \(name) []") }
            try await client.send(
                "GET /hello/1 HTTP/1.1\r\nHost: a\r\n\r\nGET /nowhere HTTP/1.1\r\nHost: a\r\n\r\n"
                    + "GET /hello/3 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
            #expect(try await client.response().text == "hello 1 []")
            #expect(try await client.response().status == 404)
            let last = try await client.response()
            #expect(last.text == "hello 3 []")
            #expect(last.header("Connection") == "close")
            #expect(try await client.readToEnd().isEmpty)
        }
    }

    @Test("HEAD has the headers of GET and no body, and the next response is found where it belongs")
    func head() async throws {
        let stream = WebRoute(.get, "/stream") { _ in
            WebResponse(body: .stream(length: nil) { try await $0.write([1, 2, 3]) })
        }
        try await TestServer.with(routes: Self.routes + [stream]) { server in
            let client = try await RawClient.connect(server.port)
            for target in ["/hello/a", "/stream"] {
                try await client.send("HEAD \(target) HTTP/1.1\r\nHost: a\r\n\r\n")
                let response = try await client.response(toHead: true)
                #expect(response.status == 200)
                if target == "/hello/a" { #expect(response.header("Content-Length") == "10") }
            }
            #expect(try await client.get("/hello/b").text == "hello b []")
        }
    }

    @Test("HTTP/1.0 is answered and closed, or kept where it asks")
    func oldVersion() async throws {
        try await TestServer.with(routes: Self.routes) { server in
            let client = try await RawClient.connect(server.port)
            try await client.send("GET /hello/a HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")
            let kept = try await client.response()
            #expect(kept.head.hasPrefix("HTTP/1.0 200"))
            #expect(kept.header("Connection") == "keep-alive")
            try await client.send("GET /hello/b HTTP/1.0\r\n\r\n")
            #expect(try await client.response().text == "hello b []")
            #expect(try await client.readToEnd().isEmpty)
        }
    }

    @Test("a request that asks for an upgrade we do not have is answered and the connection closed")
    func otherUpgrade() async throws {
        try await TestServer.with(routes: Self.routes) { server in
            let client = try await RawClient.connect(server.port)
            let response = try await client.get("/hello/a", headers: "Connection: Upgrade\r\nUpgrade: h2c\r\n")
            #expect(response.text == "hello a []")
            #expect(response.header("Connection") == "close")
            #expect(try await client.readToEnd().isEmpty)
        }
    }
}
