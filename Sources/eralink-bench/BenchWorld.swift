import AgentClient
import Domain
import JSON
import Logging
import Postgres
import Sandbox

/// One installation under measurement: servers, simulated messenger, daemons as real processes.
final class BenchWorld: Sendable {
    struct Account: Sendable {
        var name: String
        var bot: SimulatedBot
        var customers: [Int64]
    }

    let plan: BenchPlan
    let postgres: ScratchPostgres
    let zooKeeper: ScratchZooKeeper
    let telegram: SimulatedTelegram
    let installation: Installation
    let accounts: [Account]
    let logger = Logger(label: "bench") { _ in SwiftLogNoOpLogHandler() }

    static func with(
        program: String, plan: BenchPlan, _ body: @Sendable (BenchWorld) async throws -> Void
    ) async throws {
        var settings = ["shared_buffers = 512MB", "max_wal_size = 4GB", "max_connections = 200"]
        if plan.statements { settings += Statements.settings }
        let postgres = try await ScratchPostgres.start(.init(settings: settings))
        let zooKeeper = try await ScratchZooKeeper.start()
        do {
            try await SimulatedTelegram.with(configuration: .benchmark) { telegram in
                let world = try BenchWorld(program, plan, postgres, zooKeeper, telegram)
                do {
                    try await body(world)
                } catch {
                    await world.remove()
                    throw error
                }
                await world.remove()
            }
        } catch {
            await zooKeeper.stop()
            await postgres.remove()
            throw error
        }
        await zooKeeper.stop()
        await postgres.remove()
    }

    private init(
        _ program: String, _ plan: BenchPlan, _ postgres: ScratchPostgres, _ zooKeeper: ScratchZooKeeper,
        _ telegram: SimulatedTelegram
    ) throws {
        self.plan = plan
        self.postgres = postgres
        self.zooKeeper = zooKeeper
        self.telegram = telegram
        installation = try Installation(
            program: program,
            settings: [
                "database.url": postgres.url(database: "eralink"), "zookeeper.connect": "\(zooKeeper.connect)/eralink",
                "limits.sessions_per_token": "100000", "limits.sessions": "100000", "log.level": "notice",
            ])
        accounts = try (1...plan.accounts).map { number in
            let bot = try telegram.createBot(username: "bench\(number)_bot")
            let customers = (0..<plan.customersPerAccount).map { _ in telegram.createCustomer().id }
            for customer in customers { try telegram.openChat(with: customer, bot: bot.id) }
            return Account(name: "bench\(number)", bot: bot, customers: customers)
        }
    }

    /// Schema, accounts, tokens; a ChatServer and a connector for each account.
    func install() async throws {
        try await postgres.createDatabase("eralink")
        try await installation.run(["key", "create", "\(installation.directory)/eralink.key"])
        try await installation.run(["db", "migrate"])
        for account in accounts { try await register(account, rate: 0) }
        let answer = try await installation.run([
            "token", "create", "--name", "bench", "--scope", "agent", "--scope", "supervisor",
        ])
        guard let token = answer["token"]?.string else { throw BenchFailure("no token was made") }
        _ = try installation.write(token, to: "agent.token")
        try installation.start("chat", ["serve", "chat", "--port", "0"])
        for account in accounts { try connect(account) }
        for account in accounts { try await telegram.wait(for: .polling, bot: account.bot.id, seconds: 60) }
    }

    private func register(_ account: Account, rate: Int) async throws {
        let token = try installation.write(account.bot.token, to: "\(account.name).token")
        try await installation.run([
            "account", "add", "telegram", "--name", account.name, "--token-file", token, "--api-url",
            telegram.baseURL, "--set", "rate=\(rate)", "--set", "rate_per_chat=0",
        ])
    }

    private func connect(_ account: Account) throws {
        try installation.start(
            "connector-\(account.name)", ["connector", "run", "telegram", "--account", account.name, "--port", "0"])
    }

    /// One more account, served from now on.
    func addAccount(_ name: String, rate: Int, customers count: Int) async throws -> Account {
        let bot = try telegram.createBot(username: "\(name)_bot")
        let customers = (0..<count).map { _ in telegram.createCustomer().id }
        for customer in customers { try telegram.openChat(with: customer, bot: bot.id) }
        let account = Account(name: name, bot: bot, customers: customers)
        try await register(account, rate: rate)
        try connect(account)
        try await telegram.wait(for: .polling, bot: bot.id, seconds: 60)
        return account
    }

    /// The open chats of an account, once there are so many.
    func chats(of account: Account, _ agent: AgentConnection, atLeast count: Int = 1) async throws -> [String] {
        for _ in 0..<600 {
            let page = try await agent.request(
                "interactions.list",
                .object([
                    JSONMember("account", .string(account.name)), JSONMember("limit", .number(JSONNumber(200))),
                ]))
            let chats = page["items"]?.array?.compactMap { $0["id"]?.string } ?? []
            if chats.count >= count { return chats }
            try await Task.sleep(for: .milliseconds(100))
        }
        throw BenchFailure("\(account.name) has fewer than \(count) chats")
    }

    /// A connection of our own to Eralink's database.
    func database() async throws -> PostgresConnection {
        var configuration = try PostgresConfiguration(url: postgres.url(database: "eralink"))
        // For filling tables, not for what the daemons do.
        configuration.settings = ["timezone": "UTC"]
        return try await PostgresConnection.connect(configuration, log: logger)
    }

    var agentToken: String { ProcessLog(path: "\(installation.directory)/agent.token").text }

    func daemon(_ name: String) throws -> DaemonProcess {
        guard let daemon = installation.all.first(where: { $0.name == name }) else {
            throw BenchFailure("\(name) does not run")
        }
        return daemon
    }

    /// A supervisor's session that sees every account.
    func agent(watching: Bool = true) async throws -> AgentConnection {
        let port = try await chatPort()
        var options = AgentConnection.Options()
        options.eventBuffer = 100_000
        let connection = try await AgentConnection.connect(
            "http://127.0.0.1:\(port)", token: agentToken, options: options)
        let watch = JSONValue.object([
            JSONMember("accounts", .array(accounts.map { .string($0.name) }))
        ])
        _ = try await connection.hello(AgentHello(watch: watching ? watch : nil, client: "bench"))
        return connection
    }

    private func chatPort() async throws -> Int { try await daemon("chat").ready() }

    private func remove() async {
        await installation.stop()
        await installation.remove()
    }
}

struct BenchFailure: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}
