import AgentClient
import Domain
import HTTPFetch
import JSON
import Sandbox
import TestSupport
import Testing

/// A whole Eralink of real processes, with a simulated Viber.
struct ViberSite: Sendable {
    let viber: SimulatedViber
    let installation: Installation
    let token: String
    /// Of the connector, which is its own public address.
    let port: Int
    let fetcher: HTTPFetcher

    var base: String { "http://127.0.0.1:\(port)" }

    /// - Parameters:
    ///   - postgres: of the test's own, that it may end.
    ///   - settings: of all daemons, by key.
    static func with(
        postgres: ScratchPostgres? = nil, settings: [String: String] = [:],
        _ body: @Sendable (ViberSite, Desk) async throws -> Void
    ) async throws {
        if let postgres {
            try await postgres.createDatabase("eralink")
            let url = postgres.url(database: "eralink")
            try await DatabaseTemplate.migrate(url)
            return try await with(settings, url: url, body)
        }
        try await SharedPostgres.withDatabase(template: .migrated) { database in
            try await with(settings, url: database.url, body)
        }
    }

    private static func with(
        _ more: [String: String], url: String, _ body: @Sendable (ViberSite, Desk) async throws -> Void
    ) async throws {
        let zooKeeper = try await TestZooKeeper.connect()
        var configuration = SimulatedViber.Configuration()
        configuration.redelivery = [0.2, 0.5, 1, 2, 4, 8, 16]
        try await SimulatedViber.with(configuration: configuration) { viber in
            let installation = try Installation(
                program: try BuiltProgram.path(),
                settings: [
                    "database.url": url, "database.pool": "4", "zookeeper.connect": zooKeeper,
                    "zookeeper.session_timeout": "3s",
                ].merging(more) { $1 })
            let fetcher = HTTPFetcher()
            do {
                try await play(viber, installation, fetcher, body)
            } catch {
                let logs = installation.all.map { "--- \($0.name)\n" + $0.log.last(25).joined(separator: "\n") }
                await end(installation, fetcher)
                throw SandboxError("\(error)\n" + logs.joined(separator: "\n"))
            }
            await end(installation, fetcher)
        }
    }

    private static func end(_ installation: Installation, _ fetcher: HTTPFetcher) async {
        await installation.stop()
        await installation.remove()
        await fetcher.close()
    }

    private static func play(
        _ viber: SimulatedViber, _ installation: Installation, _ fetcher: HTTPFetcher,
        _ body: @Sendable (ViberSite, Desk) async throws -> Void
    ) async throws {
        let bot = try viber.createBot(name: "Магазин")
        let port = Int(try FreePorts.take())
        try await installation.run(["key", "create", "\(installation.directory)/eralink.key"])
        try await installation.run([
            "account", "add", "viber", "--name", "support", "--token-file",
            try installation.write(bot.token, to: "bot.token"), "--api-url", viber.baseURL, "--set",
            "public_url=http://127.0.0.1:\(port)", "--set", "media.allow_insecure=true", "--set", "rate_per_chat=0",
        ])
        let made = try await installation.run(["token", "create", "--name", "anna", "--scope", "agent"])
        let site = ViberSite(
            viber: viber, installation: installation, token: try #require(made["token"]?.string), port: port,
            fetcher: fetcher)
        let chat = try installation.start("chat-1", ["serve", "chat", "--port", "0"])
        try site.startConnector(1)
        let desk = Desk(urls: ["http://127.0.0.1:\(try await chat.ready())"], token: site.token)
        try await viber.wait(for: .webhook)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await desk.run() }
            defer { group.cancelAll() }
            try await desk.connected()
            try await body(site, desk)
        }
    }

    @discardableResult
    func startConnector(_ number: Int) throws -> DaemonProcess {
        try installation.start(
            "connector-\(number)",
            ["connector", "run", "viber", "--account", "support", "--port", "\(port)"])
    }

    /// Lets a person write, and the agent accept the chat; its id.
    func open(_ desk: Desk, _ user: SimulatedViberUser, _ text: String) async throws -> String {
        try viber.write(text, from: user.id)
        let created = try await desk.event("interaction.created") {
            $0.data["customer"]?["external_id"]?.string == user.id
        }
        let id = try #require(created.data["id"]?.string)
        try await desk.request(
            "interaction.accept", ["interaction": .string(id), "version": created.data["version"] ?? .null])
        return id
    }

    var files: FileDoor { FileDoor(base: base, token: token, fetcher: fetcher) }

    func upload(_ bytes: [UInt8], named name: String) async throws -> String {
        try await files.upload(bytes, named: name)
    }

    func file(_ id: String) async throws -> HTTPResponse { try await files.get(id) }
}

extension Desk {
    /// Sends anything; the message's id.
    func send(
        _ msgID: String, _ kind: String, _ object: JSONValue, keyboard: JSONValue? = nil, to interaction: String
    ) async throws -> String {
        var params = [
            JSONMember("interaction", .string(interaction)), JSONMember("msg_id", .string(msgID)),
            JSONMember("kind", .string(kind)), JSONMember(kind, object),
        ]
        if let keyboard { params.append(JSONMember("keyboard", keyboard)) }
        return try #require(try await ask("message.send", params)["message"]?["id"]?.string)
    }

    func status(_ message: String, _ state: String) async throws {
        _ = try await event("message.status") {
            $0.data["message"]?.string == message && $0.data["state"]?.string == state
        }
    }
}
