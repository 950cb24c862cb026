import AgentClient
import Domain
import Glibc
import HTTPFetch
import JSON
import Sandbox
import Testing

extension ProcessTests {
    @Suite("The proxy")
    struct Proxy {
        @Test(
            "a real nginx takes everything to where it belongs: sessions, lists, files both ways, and what is nobody's")
        func everything() async throws {
            try await World.with(.free()) { world in
                try await world.installation.start("loader", ["serve", "loader", "--port", "0"]).ready()
                let entry = try await Entry.open(world, hasLoader: true)
                let desk = Desk(urls: [entry.base], token: world.token)
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask { try await desk.run() }
                    defer { group.cancelAll() }
                    let customer = world.telegram.createCustomer(firstName: "Ольга").id
                    try await desk.connected()
                    try world.telegram.write("\(Traffic.mark)", from: customer)
                    _ = try await desk.accept(chatOf: customer)
                }
                let period = [
                    (name: "from", value: Timestamp.now.adding(.seconds(-600)).description),
                    (name: "to", value: Timestamp.now.adding(.seconds(60)).description),
                ]
                let list = try await RESTClient(entry.base, token: world.token).get("/v1/interactions", query: period)
                #expect(list["items"]?.array?.count == 1)

                // More than any buffer on the way.
                let bytes = Entry.noise(3_000_000)
                let file = try await entry.upload(bytes)
                #expect(try await entry.download(file).body == bytes)
                let part = try await entry.download(file, headers: ["Range": "bytes=1000-1999"])
                #expect(part.status == 206 && part.body == Array(bytes[1000..<2000]))
                let link = try await entry.ask(.post, "/files/support/\(file)/link")
                let path = try #require(JSONValue(parsing: link.body)["url"]?.string?.split(separator: "/files/").last)
                #expect(try await entry.ask(.get, "/files/\(path)", token: nil).body == bytes)

                for (path, status) in [
                    ("/files/nobody/1", 404), ("/webhooks/nobody/secret", 404), ("/", 404), ("/files/support/1", 404),
                    ("/webhooks/support/wrong", 404),
                ] {
                    let answer = try await entry.ask(.get, path)
                    #expect(answer.status == status, "\(path)")
                    #expect(answer.headers["Content-Type"] == "application/problem+json", "\(path)")
                    #expect(try JSONValue(parsing: answer.body)["data"]?["code"] == .string("not_found"), "\(path)")
                }
                try world.expectSilentLogs()
                let access = ProcessLog(path: "\(world.installation.directory)/proxy.access").text
                #expect(access.contains("GET /files/support/\(file)\"") && !access.contains("sig="))
                #expect(!access.contains("wrong"))
            }
        }

        @Test("what is too large for the settings is refused with the API's own words")
        func tooLarge() async throws {
            var options = World.Options.free()
            options.settingsOf = ["connector": ["limits.upload_bytes": "1MiB"]]
            try await World.with(options) { world in
                let entry = try await Entry.open(world)
                // The proxy knows the usual limit only, so the connector says it.
                let answer = try await entry.ask(
                    .post, "/files/support?name=big.bin", body: .bytes([UInt8](repeating: 7, count: 1 << 20 + 1)))
                #expect(answer.status == 413)
                #expect(try JSONValue(parsing: answer.body)["data"]?["code"] == .string("too_large"))
                let webhook = try await entry.ask(
                    .post, "/webhooks/support/x", body: .bytes([UInt8](repeating: 7, count: 1 << 20 + 1)))
                #expect(webhook.status == 413)
                #expect(try JSONValue(parsing: webhook.body)["data"]?["code"] == .string("too_large"))
            }
        }

        @Test(
            "a member of the pair is stopped in the middle of a run of downloads, then the other is killed: none is lost"
        )
        func failOver() async throws {
            try await World.with(.free()) { world in
                let ports = try await [1, 2].asyncMap { try await world.daemon("connector-\($0)").ready() }
                let entry = try await Entry.open(world)
                let bytes = Entry.noise(1_500_000)
                let file = try await entry.upload(bytes)
                // Told to stop, it ends what it has begun: nobody has to ask twice.
                let stopped = try await entry.run(of: file, bytes, downloads: 120, mayResume: false) {
                    await (try world.daemon("connector-1")).end()
                }
                #expect(stopped == 0)
                try world.startConnector(1, port: ports[0])
                try await world.daemon("connector-1").ready()
                // Killed, it cuts what it was giving: the client goes on where it was, at the other.
                try await entry.run(of: file, bytes, downloads: 120, mayResume: true) {
                    await (try world.daemon("connector-2")).kill()
                }
                let uploaded = try await entry.upload(bytes)
                #expect(try await entry.download(uploaded).body == bytes)
            }
        }
    }
}

/// The entry point of an installation, with one agent's token.
private struct Entry: Sendable {
    let base: String
    let token: String
    let fetcher: HTTPFetcher

    /// - Parameter hasLoader: false where none runs, which need not be waited for.
    static func open(_ world: World, hasLoader: Bool = false) async throws -> Entry {
        let port = try #require(
            try await world.installation.startProxy(arguments: hasLoader ? [] : ["--loader", "127.0.0.1:9"]),
            "nginx is not installed: run scripts/setup")
        var configuration = HTTPFetchConfiguration(name: "agent")
        configuration.maxTransfers = 32
        configuration.maxConnectionsPerHost = 32
        return Entry(
            base: "http://127.0.0.1:\(port)", token: world.token, fetcher: HTTPFetcher(configuration))
    }

    /// Bytes that nothing on the way can take for others.
    static func noise(_ count: Int) -> [UInt8] {
        var state: UInt64 = 0x9E37_79B9_7F4A_7C15
        return (0..<count).map { _ in
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return UInt8(truncatingIfNeeded: state >> 56)
        }
    }

    func ask(
        _ method: HTTPMethod, _ path: String, headers: HTTPHeaders = [:], body: HTTPRequestBody = .none,
        token: String?? = .none
    ) async throws -> HTTPResponse {
        var headers = headers
        if let token = token ?? self.token { headers["Authorization"] = "Bearer \(token)" }
        return try await fetcher.fetch(
            HTTPRequest(method, base + path, headers: headers, body: body, maxResponseBytes: 16 << 20))
    }

    func upload(_ bytes: [UInt8]) async throws -> String {
        let answer = try await ask(.post, "/files/support?name=noise.bin", body: .bytes(bytes))
        #expect(answer.status == 201, "\(answer.text)")
        return try #require(JSONValue(parsing: answer.body)["file"]?.string)
    }

    func download(_ file: String, headers: HTTPHeaders = [:]) async throws -> HTTPResponse {
        try await ask(.get, "/files/support/\(file)", headers: headers)
    }

    /// Downloads a file again and again, eight at a time, with an event in the middle. Every download must be whole in the end.
    /// Gives how often one had to be gone on with.
    @discardableResult
    func run(
        of file: String, _ bytes: [UInt8], downloads: Int, mayResume: Bool,
        middle: @escaping @Sendable () async throws -> Void
    ) async throws -> Int {
        try await withThrowingTaskGroup(of: Int.self) { group in
            var (begun, resumed) = (0, 0)
            while begun < 8 {
                group.addTask { try await whole(file, bytes, mayResume) }
                begun += 1
            }
            while let next = try await group.next() {
                resumed += next
                if begun == downloads / 2 {
                    group.addTask {
                        try await middle()
                        return 0
                    }
                }
                if begun < downloads {
                    group.addTask { try await whole(file, bytes, mayResume) }
                    begun += 1
                }
            }
            return resumed
        }
    }

    private func whole(_ file: String, _ bytes: [UInt8], _ mayResume: Bool) async throws -> Int {
        var got: [UInt8] = []
        var resumed = 0
        while got.count < bytes.count {
            do {
                try await rest(file, from: got.count) { got += $0 }
            } catch let error as HTTPFetchError where mayResume && resumed < 20 {
                #expect(error.isTransient, "\(error)")
                resumed += 1
            }
        }
        #expect(got == bytes)
        return resumed
    }

    /// What comes after so many bytes; all that came is handed on although the rest does not.
    private func rest(_ file: String, from: Int, _ take: ([UInt8]) -> Void) async throws {
        var headers: HTTPHeaders = ["Authorization": "Bearer \(token)"]
        if from > 0 { headers["Range"] = "bytes=\(from)-" }
        try await fetcher.fetch(
            HTTPRequest(.get, "\(base)/files/support/\(file)", headers: headers, maxResponseBytes: 16 << 20)
        ) { head, body in
            guard head.status == (from > 0 ? 206 : 200) else {
                throw SandboxError("a download from \(from) on was answered \(head.status)")
            }
            for try await chunk in body { take(chunk) }
        }
    }
}

extension Sequence {
    fileprivate func asyncMap<T>(_ transform: (Element) async throws -> T) async throws -> [T] {
        var results: [T] = []
        for element in self { results.append(try await transform(element)) }
        return results
    }
}
