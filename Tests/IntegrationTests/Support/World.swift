import Domain
import FoundationEssentials
import JSON
import Logging
import Postgres
import Sandbox
import Store
import TestSupport
import Testing

/// A whole Eralink of real processes, with a simulated Telegram, and a look into its database.
///
/// ```swift
/// try await World.with(.init(chats: 2)) { world in
///     let desk = try await world.desk()
///     …
/// }
/// ```
struct World: Sendable {
    struct Options: Sendable {
        var chats = 1
        var connectors = 2
        var sessionTimeout = "3s"
        /// A ZooKeeper of the test's own, that it may end; nil: the shared one.
        var ownZooKeeper: ScratchZooKeeper?
        /// Where ZooKeeper is said to be, instead of where it is.
        var zooKeeper: String?
        /// A PostgreSQL of the test's own, that it may end.
        var ownPostgres: ScratchPostgres?
        /// Its standby, named second in the database's URL.
        var standby: ScratchPostgres?
        /// Of the account.
        var settings: [String] = []
        var rates: SimulatedTelegram.Rates? = SimulatedTelegram.Rates()
        /// The daemons, their agents and the messenger speak through relays that a test can cut.
        var isRelayed = false
        /// What a scenario asks to be made for it.
        var needsOwnPostgres = false
        var needsStandby = false
        var postgresOptions = ScratchPostgres.Options()
        /// Members of a ZooKeeper of its own; 0: none.
        var zooKeeperMembers = 0
        /// More of the environment of the daemons whose name begins so.
        var settingsOf: [String: [String: String]] = [:]
        /// How far the clocks of daemons are off: `+300s`.
        var clockOffsets: [String: String] = [:]
    }

    let telegram: SimulatedTelegram
    let bot: SimulatedBot
    let installation: Installation
    let store: Store
    let token: String
    let options: Options
    let relays: Relays?

    static func with(_ options: Options = Options(), _ body: @Sendable (World) async throws -> Void) async throws {
        if let postgres = options.ownPostgres {
            let database = "eralink"
            try await postgres.createDatabase(database)
            try await DatabaseTemplate.migrate(postgres.url(database: database))
            var url = postgres.url(database: database)
            if let standby = options.standby {
                let host = "127.0.0.1:\(postgres.port)"
                url = url.replacing(host, with: "\(host),127.0.0.1:\(standby.port)")
            }
            return try await with(options, url: url, body)
        }
        try await SharedPostgres.withDatabase(template: .migrated) { database in
            try await with(options, url: database.url, body)
        }
    }

    private static func with(
        _ options: Options, url: String, _ body: @Sendable (World) async throws -> Void
    ) async throws {
        let zooKeeper: String =
            if let given = options.zooKeeper {
                given
            } else if let own = options.ownZooKeeper {
                own.connect + "/eralink"
            } else {
                try await TestZooKeeper.connect()
            }
        var simulated = SimulatedTelegram.Configuration()
        simulated.rates = options.rates
        try await SimulatedTelegram.with(configuration: simulated) { telegram in
            let relays =
                options.isRelayed
                ? try await Relays.start(database: url, zooKeeper: zooKeeper, messenger: telegram.port) : nil
            let installation = try Installation(
                program: try BuiltProgram.path(),
                settings: [
                    "database.url": url, "database.pool": "4", "zookeeper.connect": zooKeeper,
                    "zookeeper.session_timeout": options.sessionTimeout,
                ])
            do {
                try await play(options, url, telegram, installation, relays, body)
                try keepLogs(of: installation)
                await installation.stop()
                await installation.remove()
                await relays?.stop()
            } catch {
                try? keepLogs(of: installation)
                let logs = installation.all.map { "--- \($0.name)\n" + $0.log.last(25).joined(separator: "\n") }
                await installation.stop()
                await installation.remove()
                await relays?.stop()
                throw SandboxError("\(error)\n" + logs.joined(separator: "\n"))
            }
        }
    }

    private static func play(
        _ options: Options, _ url: String, _ telegram: SimulatedTelegram, _ installation: Installation,
        _ relays: Relays?, _ body: @Sendable (World) async throws -> Void
    ) async throws {
        let bot = try telegram.createBot()
        try await installation.run(["key", "create", "\(installation.directory)/eralink.key"])
        try await installation.run(
            [
                "account", "add", "telegram", "--name", "support", "--token-file",
                try installation.write(bot.token, to: "bot.token"), "--api-url",
                relays?.messengerURL ?? telegram.baseURL,
            ] + options.settings.flatMap { ["--set", $0] })
        let made = try await installation.run(["token", "create", "--name", "anna", "--scope", "agent"])
        let token = try #require(made["token"]?.string)
        var configuration = try PostgresConfiguration(url: url)
        configuration.maximumConnections = 2
        configuration.deadline = .seconds(30)
        configuration.connectTimeout = .seconds(30)
        try await PostgresPool.withPool(configuration, log: .silent) { pool in
            let world = World(
                telegram: telegram, bot: bot, installation: installation,
                store: Store(pool: pool, logger: .silent), token: token, options: options, relays: relays)
            try await world.startDaemons()
            try await body(world)
        }
    }

    /// `ERALINK_TEST_LOGS=directory` keeps what the daemons of each test said.
    private static func keepLogs(of installation: Installation) throws {
        guard let directory = ProcessInfo.processInfo.environment["ERALINK_TEST_LOGS"] else { return }
        let name = installation.directory.split(separator: "/").last.map(String.init) ?? "logs"
        for daemon in installation.all {
            try FileManager.default.createDirectory(
                atPath: "\(directory)/\(name)", withIntermediateDirectories: true)
            try FileManager.default.copyItem(
                atPath: daemon.log.path, toPath: "\(directory)/\(name)/\(daemon.name).log")
        }
    }

    // MARK: processes

    private func startDaemons() async throws {
        for number in 1...max(1, options.chats) { try startChat(number) }
        for number in 0..<options.connectors { try startConnector(number + 1) }
        for daemon in installation.all { try await daemon.ready() }
        if options.connectors > 0 { try await telegram.wait(for: .polling, seconds: 30) }
    }

    @discardableResult
    func startChat(_ number: Int, port: Int = 0) throws -> DaemonProcess {
        try installation.start(
            "chat-\(number)", ["serve", "chat", "--port", "\(port)"], settings: settings(of: "chat-\(number)"),
            variables: variables(of: "chat-\(number)"))
    }

    /// Monotonic clocks go right, as they do on a host whose time of day is wrong.
    private func variables(of daemon: String) -> [String: String] {
        guard let offset = options.clockOffsets[daemon] else { return [:] }
        return [
            "LD_PRELOAD": "/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1", "FAKETIME": offset,
            "DONT_FAKE_MONOTONIC": "1",
        ]
    }

    private func settings(of daemon: String) -> [String: String] {
        var settings = relays?.settings(of: daemon) ?? [:]
        for (beginning, more) in options.settingsOf where daemon.hasPrefix(beginning) {
            settings.merge(more) { $1 }
        }
        return settings
    }

    @discardableResult
    func startConnector(_ number: Int, port: Int = 0) throws -> DaemonProcess {
        try installation.start(
            "connector-\(number)", ["connector", "run", "telegram", "--account", "support", "--port", "\(port)"],
            settings: settings(of: "connector-\(number)"), variables: variables(of: "connector-\(number)"))
    }

    func daemon(_ name: String) throws -> DaemonProcess {
        try #require(installation.all.first { $0.name == name })
    }

    /// The connector whose node holds the account's lease.
    func activeConnector() async throws -> DaemonProcess {
        try await eventually("somebody holds the lease") {
            guard let status = try await store.accountStatuses().first, status.leaseIsValid, let holder = status.holder
            else { return nil }
            return installation.all.first { $0.isRunning && $0.log.text.contains("\"node\":\"\(holder)\"") }
        }
    }

    func chatURLs() async throws -> [String] {
        var urls: [String] = []
        for daemon in installation.all where daemon.name.hasPrefix("chat") && daemon.isRunning {
            let port = try await daemon.ready()
            urls.append("http://127.0.0.1:\(try await relays?.agents(to: port) ?? port)")
        }
        return urls
    }

    /// Runs a desk of agent anna for the time of `body`.
    func withDesk(_ body: (Desk) async throws -> Void) async throws {
        let desk = Desk(urls: try await chatURLs(), token: token)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await desk.run() }
            defer { group.cancelAll() }
            try await desk.connected()
            try await body(desk)
        }
    }
}

/// Asks again and again, at most every 20 ms, until the answer is there. Throws after the limit.
@discardableResult
func eventually<Value>(
    _ what: String, within limit: Duration = .seconds(60), _ ask: () async throws -> Value?
) async throws -> Value {
    let deadline = ContinuousClock.now + limit
    while ContinuousClock.now < deadline {
        if let value = try await ask() { return value }
        try await Task.sleep(for: .milliseconds(20))
    }
    throw SandboxError("within \(limit) it has not come to this: \(what)")
}

extension DatabaseTemplate {
    /// Brings a database that no test shares to the newest schema.
    static func migrate(_ url: String) async throws {
        try await PostgresPool.withPool(try PostgresConfiguration(url: url), log: .silent) { pool in
            _ = try await Store(pool: pool, logger: .silent).migrate()
        }
    }
}
