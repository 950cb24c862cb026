import Coordination
import Domain
import Logging
import Postgres
import ServiceLifecycle
import Store
import Synchronization
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
    /// As what the others know this process; nil until it serves.
    private let announced = Announced()

    /// Runs a role until SIGTERM or SIGINT, or until something that it needs for good fails.
    static func run(
        _ role: String, port: Int, _ context: CommandContext,
        make: @escaping @Sendable (Daemon) async throws -> Role
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

    private func serve(
        _ pool: PostgresPool, defaultPort: Int, _ make: @escaping @Sendable (Daemon) async throws -> Role
    ) async throws {
        let (ports, listening) = AsyncStream.makeStream(of: Int.self, bufferingPolicy: .bufferingNewest(1))
        let server = webServer(port: settings.server.port ?? defaultPort) { listening.yield($0) }
        let services: [any Service] = [
            EndlessService { await pool.run() }, EndlessService { [coordination] in await coordination.run() },
            RoleService(daemon: self, server: server, ports: ports, make: make), server,
            // Last in, so first out: nobody is sent here any more while it drains.
            EndlessService { [notifier, announced, coordination] in
                await Self.feedWatchdog(notifier)
                notifier.stopping()
                if let component = announced.current { coordination.withdraw(component) }
            },
        ]
        // The group tells of each of its steps.
        var quiet = logger
        quiet.logLevel = max(logger.logLevel, .error)
        // Where one fails the others end in good order: the server finishes what it has begun.
        var group = ServiceGroupConfiguration(
            services: services.map { .init(service: $0, failureTerminationBehavior: .gracefullyShutdownGroup) },
            gracefulShutdownSignals: [.sigterm, .sigint], logger: quiet)
        group.maximumGracefulShutdownDuration = settings.shutdownGrace + .seconds(5)
        try await ServiceGroup(configuration: group).run()
        logger.notice("stopped")
    }

    /// Listens before the database answers: /readyz says what is waited for, everything else is unavailable meanwhile.
    private func webServer(port: Int, _ isListening: @escaping @Sendable (Int) -> Void) -> WebServer {
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
            routes: WebRoute.health(metrics: metrics) { [coordination] in
                Readiness(
                    role: "starting",
                    checks: [.init("database", "down"), .init("zookeeper", coordination.status.isUp ? "ok" : "down")],
                    isHealthy: false)
            }, isComplete: false, logger: logger
        ) { [logger, settings] port in
            logger.info("listening", metadata: ["address": "\(settings.server.host)", "port": "\(port)"])
            isListening(port)
        }
    }

    /// The role serves at this port: whoever looks for it may come.
    func announce(_ role: Role, port: Int) {
        let component = component(account: role.account, port: port)
        coordination.announce(component)
        announced.replace(with: component)
        notifier.ready(status: "\(self.role) at \(settings.server.host):\(port)")
        logger.notice("ready", metadata: ["address": "\(settings.server.host)", "port": "\(port)", "node": "\(node)"])
    }

    func waits(because error: EralinkError) {
        logger.warning("waiting for the database", metadata: ["error": "\(error.message)"])
        notifier.status("waiting for the database")
        notifier.extendStart(by: .seconds(30))
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

private final class Announced: Sendable {
    private let component = Mutex<Component?>(nil)

    var current: Component? { component.withLock { $0 } }
    func replace(with new: Component) { component.withLock { $0 = new } }
}

extension Settings.Ensemble {
    func configuration(_ connect: String) throws -> ZooKeeperConfiguration {
        try ZooKeeperConfiguration(
            connect: connect, sessionTimeout: sessionTimeout,
            auth: auth.map { ZooKeeperConfiguration.Auth(digest: $0.value) })
    }
}
