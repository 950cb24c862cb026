import Testing

@testable import HTTPFetch

@Suite("Redirects")
struct RedirectTests {
    @Test("a redirect is handed back unless following is asked for")
    func notFollowed() async throws {
        try await ScriptedServer.with(answering { _ in ("302 Found", ["Location: /next"], "") }) { server in
            try await withFetcher { fetcher in
                let response = try await fetcher.fetch(HTTPRequest(.get, server.url))
                #expect(response.status == 302)
                let post = try await fetcher.fetch(HTTPRequest(.post, server.url, redirects: .follow(max: 5)))
                #expect(post.status == 302)
            }
        }
    }

    @Test("redirects are followed up to the limit, streamed answers as well")
    func followed() async throws {
        let script = answering { request in
            let number = Int(request.path.dropFirst()) ?? 0
            return number < 5 ? ("307 Temporary Redirect", ["Location: \(number + 1)"], "no") : ("200 OK", [], "end")
        }
        try await ScriptedServer.with(script) { server in
            try await withFetcher { fetcher in
                let request = HTTPRequest(.get, server.url + "/0", redirects: .follow(max: 5))
                let response = try await fetcher.fetch(request)
                #expect(response.text == "end")
                let streamed = try await fetcher.fetch(request) { head, body in
                    try await body.reduce(into: head.status == 200 ? [] : [0]) { $0 += $1 }
                }
                #expect(streamed == Array("end".utf8))
                let error = try await failure(fetcher, HTTPRequest(.get, server.url + "/0", redirects: .follow(max: 4)))
                #expect(error.code == .redirect)
                #expect(error.delivery == .uncertain)
            }
        }
    }

    @Test("what the caller said to one origin is not said to another")
    func headersDropped() throws {
        let request = HTTPRequest(
            .get, "https://a.test/x", headers: ["Authorization": "s", "X-Token": "s", "Range": "bytes=0-"],
            redirects: .follow(max: 5))
        var same = RedirectChain(request)
        #expect(try same.follow(Self.found("/y"), from: TransferPlan(request)))
        #expect(same.request.url == "https://a.test/y")
        #expect(same.request.headers["authorization"] == "s")
        var other = RedirectChain(request)
        #expect(try other.follow(Self.found("//b.test/y"), from: TransferPlan(request)))
        #expect(other.request.url == "https://b.test/y")
        #expect(other.request.headers.fields.map(\.name) == ["Range"])
    }

    @Test(
        "a redirect that leaves https or http is an error",
        arguments: ["http://a.test/", "file:///etc/passwd", "ftp://a.test/", "https://u:p@a.test/"])
    func refused(location: String) throws {
        let request = HTTPRequest(.get, "https://a.test/x", redirects: .follow(max: 5))
        var chain = RedirectChain(request)
        let error = #expect(throws: HTTPFetchError.self) {
            try chain.follow(Self.found(location), from: TransferPlan(request))
        }
        #expect(error?.code == .redirect)
    }

    static func found(_ location: String) -> HTTPResponseHead {
        HTTPResponseHead(status: 302, headers: ["Location": location])
    }
}
