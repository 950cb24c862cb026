import AgentProtocol
import Domain
import HTTPFetch
import JSON
import Store
import TestSupport
import Testing

@Suite("The Interaction Loader", .timeLimit(.minutes(5)))
struct LoaderTests {
    private static let year = "from=2020-01-01T00:00:00Z&to=2999-01-01T00:00:00Z"

    @Test("chats of a period are listed newest first, page by page, each once, as the agent API shows them")
    func listing() async throws {
        try await LoaderClient.with { client in
            let token = try await client.fixture.token("anna")
            var ids: [String] = []
            for chat in 1...5 {
                ids.append(try await client.fixture.newChat("9\(chat)", text: "text \(chat)").id.description)
            }
            var seen: [String] = []
            var page: String?
            repeat {
                let rest = page.map { "&page=\($0)" } ?? ""
                let answer = try await client.json("/v1/interactions?\(Self.year)&limit=2\(rest)", token: token)
                let items = try #require(answer["items"]?.array)
                #expect(items.count <= 2)
                seen += items.compactMap { $0["id"]?.string }
                page = answer["next"]?.string
                // What happens meanwhile cannot move the order.
                if seen.count == 2 { _ = try await client.fixture.newChat("99", text: "late") }
            } while page != nil
            #expect(seen == ids.reversed())
            let first = try await client.json("/v1/interactions/\(ids[0])", token: token)
            #expect(first["customer"]?["external_id"] == .string("91"))
            #expect(first["state"] == .string("waiting"))
        }
    }

    @Test("messages of a chat by their seq, from both ends")
    func messages() async throws {
        try await LoaderClient.with { client in
            let token = try await client.fixture.token("anna")
            let chat = try await client.fixture.newChat()
            for n in 2...5 {
                try await client.fixture.connector.receive([.text("m\(n)", chat: "100", external: "\(n)")])
                try await client.fixture.ingestAll()
            }
            let path = "/v1/interactions/\(chat.id)/messages"
            func seqs(_ query: String) async throws -> ([Int64], JSONValue?) {
                let answer = try await client.json(path + query, token: token)
                return ((answer["items"]?.array ?? []).compactMap { $0["seq"]?.int64 }, answer["next"])
            }
            #expect(try await seqs("?after_seq=0&limit=3") == ([1, 2, 3], .number(3)))
            #expect(try await seqs("?after_seq=3&limit=3") == ([4, 5], .null))
            #expect(try await seqs("?limit=2") == ([4, 5], .number(4)))
            #expect(try await seqs("?before_seq=4&limit=5") == ([1, 2, 3], .null))
        }
    }

    @Test("it tells of itself, and what it tells of is what it serves")
    func document() async throws {
        try await LoaderClient.with { client in
            let response = try await client.get("/openapi.json")
            #expect(response.body == OpenAPIDocument.bytes(of: .loader))
            let paths = try JSONValue(parsing: response.body)["paths"]?.object ?? []
            let documented = paths.flatMap { path in (path.value.object ?? []).map { "\($0.name) \(path.name)" } }
            #expect(documented.sorted() == client.server.routes.sorted())
            for path in ["/healthz", "/readyz", "/metrics"] { #expect(try await client.get(path).status == 200) }
        }
    }

    struct Refusal: CustomTestStringConvertible {
        let path: String
        let status: Int
        let code: String
        var member: String?

        var testDescription: String { path }

        init(_ path: String, _ status: Int, _ code: String, _ member: String? = nil) {
            self.path = path
            self.status = status
            self.code = code
            self.member = member
        }
    }

    @Test("what is wrong with a request is a problem with the contract's status and code")
    func refusals() async throws {
        try await LoaderClient.with { client in
            let token = try await client.fixture.token("anna")
            let chat = try await client.fixture.newChat()
            let rows: [Refusal] = [
                Refusal("/v1/interactions", 400, "invalid_params", "from"),
                Refusal("/v1/interactions?from=2020-01-01T00:00:00Z", 400, "invalid_params", "to"),
                Refusal("/v1/interactions?from=2020-01-01&to=2999-01-01T00:00:00Z", 400, "invalid_params", "from"),
                Refusal("/v1/interactions?\(Self.year)&limit=201", 400, "invalid_params", "limit"),
                Refusal("/v1/interactions?\(Self.year)&limit=0", 400, "invalid_params", "limit"),
                Refusal("/v1/interactions?\(Self.year)&limit=x", 400, "invalid_params", "limit"),
                Refusal("/v1/interactions?\(Self.year)&state=open", 400, "invalid_params", "state"),
                Refusal("/v1/interactions?\(Self.year)&page=zz", 400, "invalid_params", "page"),
                Refusal("/v1/interactions?\(Self.year)&nope=1", 400, "invalid_params", "nope"),
                Refusal("/v1/interactions?\(Self.year)&from=2021-01-01T00:00:00Z", 400, "invalid_params", "from"),
                Refusal("/v1/interactions?\(Self.year)&account=none", 404, "not_found"),
                Refusal("/v1/interactions/\(chat.id)?x=1", 400, "invalid_params", "x"),
                Refusal("/v1/interactions/999999", 404, "not_found"),
                Refusal("/v1/interactions/zz", 404, "not_found"),
                Refusal("/v1/interactions/-1", 404, "not_found"),
                Refusal("/v1/interactions/999999/messages", 404, "not_found"),
                Refusal("/v1/interactions/\(chat.id)/messages?after_seq=-1", 400, "invalid_params", "after_seq"),
                Refusal(
                    "/v1/interactions/\(chat.id)/messages?after_seq=1&before_seq=2", 400, "invalid_params", "after_seq"),
                Refusal("/v1/capabilities?account=none", 404, "not_found"),
                Refusal("/v1/nothing", 404, "method_not_found"),
            ]
            for row in rows {
                let response = try await client.get(row.path, token: token)
                #expect(response.status == row.status, "\(row.path)")
                #expect(response.headers["Content-Type"] == "application/problem+json", "\(row.path)")
                let problem = try JSONValue(parsing: response.body)
                #expect(problem["data"]?["code"] == .string(row.code), "\(row.path)")
                if let member = row.member {
                    #expect(problem["data"]?["details"]?["member"] == .string(member), "\(row.path)")
                }
            }
        }
    }

    @Test("without a live token: 401, and nothing of what is there; a revoked one is refused within two seconds")
    func tokens() async throws {
        try await LoaderClient.with { client in
            let token = try await client.fixture.token("anna")
            let chat = try await client.fixture.newChat()
            let path = "/v1/interactions/\(chat.id)"
            for wrong in [nil, "wrong", token + "x"] {
                let response = try await client.get(path, token: wrong)
                #expect(response.status == 401)
                #expect(response.headers["WWW-Authenticate"] == "Bearer")
            }
            #expect(try await client.get(path, headers: [("Authorization", "Basic YTpi")]).status == 401)
            #expect(try await client.get(path, token: token).status == 200)
            _ = try await client.fixture.store.revokeToken("anna", by: "test")
            let clock = ContinuousClock()
            let revoked = clock.now
            var asked = clock.now
            while try await client.get(path, token: token).status == 200 {
                // What was asked two seconds after cannot be answered out of memory, however busy the machine is.
                try #require(asked - revoked < .seconds(2.1))
                try await Task.sleep(for: .milliseconds(50))
                asked = clock.now
            }
        }
    }

    @Test("an agent sees the accounts that were granted, and no others: those do not exist")
    func grants() async throws {
        try await LoaderClient.with { client in
            let other = try await client.fixture.store.addAccount(.named("other"), by: "test")
            let connector = StandInConnector(store: client.fixture.store, account: other)
            try await connector.receive([.text("secret", chat: "7", external: "1")])
            let mine = try await client.fixture.newChat()
            let token = try await client.fixture.token("anna", accounts: ["support"])
            let boss = try await client.fixture.token("boss")
            let all = try await client.json("/v1/interactions?\(Self.year)", token: boss)
            let items = try #require(all["items"]?.array)
            #expect(items.count == 2)
            let hidden = try #require(items.first { $0["account"] == .string("other") }?["id"]?.string)
            let seen = try await client.json("/v1/interactions?\(Self.year)", token: token)
            #expect(seen["items"]?.array?.compactMap { $0["id"]?.string } == [mine.id.description])
            for path in ["/v1/interactions/\(hidden)", "/v1/interactions/\(hidden)/messages"] {
                #expect(try await client.get(path, token: token).status == 404)
            }
            #expect(try await client.get("/v1/interactions?\(Self.year)&account=other", token: token).status == 404)
        }
    }

    @Test("capabilities have an entity tag: who has them is told so")
    func capabilities() async throws {
        try await LoaderClient.with { client in
            let token = try await client.fixture.token("anna")
            let first = try await client.get("/v1/capabilities", token: token)
            #expect(first.status == 200)
            let tag = try #require(first.headers["ETag"])
            let json = try JSONValue(parsing: first.body)
            #expect(tag == "\"\(json["etag"]?.string ?? "")\"")
            #expect(json["accounts"]?[0]?["account"] == .string("support"))
            for known in [tag, "W/\(tag)", "\"x\", \(tag)", "*"] {
                let again = try await client.get("/v1/capabilities", token: token, headers: [("If-None-Match", known)])
                #expect(again.status == 304, "\(known)")
                #expect(again.body.isEmpty)
                #expect(again.headers["ETag"] == tag)
            }
            let other = try await client.get("/v1/capabilities", token: token, headers: [("If-None-Match", "\"x\"")])
            #expect(other.status == 200)
        }
    }

    @Test("past its rate a token gets 429 with the time to wait, another token does not")
    func rate() async throws {
        try await LoaderClient.with(requestsPerSecond: 2) { client in
            let (anna, boss) = (try await client.fixture.token("anna"), try await client.fixture.token("boss"))
            let responses = try await withThrowingTaskGroup(of: HTTPResponse.self) { group in
                for _ in 0..<20 { group.addTask { try await client.get("/v1/capabilities", token: anna) } }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            let refused = responses.filter { $0.status == 429 }
            #expect(!refused.isEmpty)
            #expect(responses.count { $0.status == 200 } >= 2)
            #expect(refused.allSatisfy { $0.headers["Retry-After"] == "1" })
            #expect(try JSONValue(parsing: try #require(refused.first).body)["data"]?["retry_after_ms"]?.int64 ?? 0 > 0)
            #expect(try await client.get("/v1/capabilities", token: boss).status == 200)
        }
    }

    @Test("it is ready while the database answers, takes no other method, and counts what it did")
    func edges() async throws {
        try await LoaderClient.with { client in
            let ready = try await client.get("/readyz")
            #expect(ready.status == 200)
            #expect(try JSONValue(parsing: ready.body)["checks"]?["database"] == .string("ok"))
            let token = try await client.fixture.token("anna")
            var request = HTTPRequest(.get, client.server.url + "/v1/capabilities")
            request.method = .post
            request.headers["Authorization"] = "Bearer \(token)"
            #expect(try await client.fetcher.fetch(request).status == 405)
            _ = try await client.get("/v1/capabilities", token: token)
            let metrics = try await client.get("/metrics").text
            #expect(metrics.contains("eralink_loader_requests_total{path=\"/v1/capabilities\",result=\"ok\"} 1"))
        }
    }
}
