import Coordination
import Domain
import Logging
import Postgres
import ServiceLifecycle
import Store
import UnixSignals
import Web
import ZooKeeper

/// What every daemon stands on, wired by hand: settings, log, database, coordination, metrics, web server, service manager.
struct Daemon: Sendable {
    /// What a role adds.
    struct Role: Sendable {
        /// Started after the foundations, stopped before them.
        var services: [any Service]
        var routes: [WebRoute]
        var webSocket: WebSocketRoute?
        var readiness: @Sendable () async -> Readiness
        var account: String?

        init(
            services: [any Service], routes: [WebRoute] = [], webSocket: WebSocketRoute? = nil, account: String? = nil,
            readiness: @escaping @Sendable () async -> Readiness
        ) {
            self.services = services
            self.routes = routes
            self.webSocket = webSocket
            self.account = account
            self.readiness = readiness
        }
    }

    let role: String
    /// This process, unique among all.
    let node = Identifier.random()
    private let started = Timestamp.now
    let settings: Settings
    let store: Store
    let coordination: any Coordination
    let metrics = MetricsRegistry()
    let redactor: LogRedactor
    let logger: Logger
    private let notifier: ServiceNotifier

    /// Runs a role until SIGTERM or SIGINT, or until something that it needs for good fails.
    static func run(
        _ role: String, port: Int, _ context: CommandContext, make: (Daemon) async throws -> Role
    ) async throws {
        let settings = context.settings
        let redactor = context.startLogging()
        var logger = Logger(label: "eralink.\(role)")
        logger[metadataKey: "role"] = "\(role)"
        guard let url = settings.database.url else {
            throw CommandFailure.usage(
                "database.url is not set; set ERALINK_DATABASE_URL or name it in a settings file")
        }
        var configuration = try PostgresConfiguration(url: url.connectionString)
        configuration.applicationName = "eralink \(role)"
        configuration.maximumConnections = settings.database.pool
        let pool = PostgresPool(configuration, log: logger)
        let daemon = Daemon(
            role: role, settings: settings, store: Store(pool: pool, logger: logger),
            coordination: try makeCoordination(settings, logger), redactor: redactor, logger: logger,
            notifier: ServiceNotifier(environment: context.environment))
        try await daemon.serve(pool, defaultPort: port, make)
    }

    private static func makeCoordination(_ settings: Settings, _ logger: Logger) throws -> any Coordination {
        guard let connect = settings.zookeeper.connect else {
            logger.notice("zookeeper.connect is not set: working by polling alone")
            return InMemoryCoordination()
        }
        return ZooKeeperCoordination(try settings.zookeeper.configuration(connect), logger: logger)
    }

    private func serve(_ pool: PostgresPool, defaultPort: Int, _ make: (Daemon) async throws -> Role) async throws {
        guard try await waitForDatabase() else { return }
        let parts = try await make(self)
        let server = webServer(parts, port: settings.server.port ?? defaultPort)
        var services: [any Service] = [
            EndlessService { await pool.run() }, EndlessService { [coordination] in await coordination.run() },
        ]
        services += parts.services
        services.append(server)
        // Last in, so first out: nobody is sent here any more while it drains.
        let component = component(account: parts.account, port: 0)
        services.append(
            EndlessService { [notifier, coordination] in
                await Self.feedWatchdog(notifier)
                notifier.stopping()
                coordination.withdraw(component)
            })
        // The group tells of each of its steps.
        var quiet = logger
        quiet.logLevel = max(logger.logLevel, .error)
        var group = ServiceGroupConfiguration(
            services: services, gracefulShutdownSignals: [.sigterm, .sigint], logger: quiet)
        group.maximumGracefulShutdownDuration = settings.shutdownGrace + .seconds(5)
        try await ServiceGroup(configuration: group).run()
        logger.notice("stopped")
    }

    /// The order of starting must not matter: a database that is away is waited for, a wrong schema ends the daemon. False:
    /// it was told to end meanwhile.
    private func waitForDatabase() async throws -> Bool {
        let signals = await UnixSignalsSequence(trapping: .sigterm, .sigint)
        return try await withThrowingTaskGroup(of: Bool.self) { group in
            group.addTask {
                for await _ in signals { return false }
                return false
            }
            group.addTask {
                while true {
                    if try await isDatabaseReady() { return true }
                    try await Task.sleep(for: .seconds(1))
                }
            }
            defer { group.cancelAll() }
            return try await group.next() ?? false
        }
    }

    private func isDatabaseReady() async throws(EralinkError) -> Bool {
        do throws(EralinkError) {
            try await store.requireSchema()
            return true
        } catch {
            guard error.code == .unavailable, error.retryable else { throw error }
            logger.warning("waiting for the database", metadata: ["error": "\(error.message)"])
            notifier.status("waiting for the database")
            return false
        }
    }

    private func webServer(_ parts: Role, port: Int) -> WebServer {
        var limits = WebLimits()
        limits.headers = settings.limits.headers
        limits.body = Int64(settings.limits.restBody)
        limits.headerTimeout = settings.limits.headerTimeout
        limits.idleTimeout = settings.limits.idleTimeout
        limits.sessions = settings.limits.sessions
        limits.connections = settings.limits.sessions + 4096
        limits.shutdownGrace = settings.shutdownGrace
        return WebServer(
            host: settings.server.host, port: port, limits: limits,
            routes: parts.routes + WebRoute.health(metrics: metrics, readiness: parts.readiness),
            webSocket: parts.webSocket, logger: logger
        ) { [self] port in
            coordination.announce(component(account: parts.account, port: port))
            notifier.ready(status: "\(role) at \(settings.server.host):\(port)")
            logger.notice(
                "ready", metadata: ["address": "\(settings.server.host)", "port": "\(port)", "node": "\(node)"])
        }
    }

    private func component(account: String?, port: Int) -> Component {
        Component(
            role: account == nil ? role : "connector", id: node, host: settings.server.host, port: port,
            version: Version.current, started: started, account: account)
    }

    private static func feedWatchdog(_ notifier: ServiceNotifier) async {
        guard let interval = notifier.watchdogInterval else {
            try? await Task.sleep(for: .seconds(365 * 86_400))
            return
        }
        while !Task.isCancelled {
            notifier.alive()
            try? await Task.sleep(for: interval)
        }
    }
}

/// A service that ends only by being told to.
struct EndlessService: Service {
    let body: @Sendable () async -> Void

    init(_ body: @escaping @Sendable () async -> Void) { self.body = body }

    func run() async throws {
        await cancelWhenGracefulShutdown { await body() }
    }
}

extension Settings.Ensemble {
    func configuration(_ connect: String) throws -> ZooKeeperConfiguration {
        try ZooKeeperConfiguration(
            connect: connect, sessionTimeout: sessionTimeout,
            auth: auth.map { ZooKeeperConfiguration.Auth(digest: $0.value) })
    }
}
