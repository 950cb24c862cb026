import ArgumentParser
import ConnectorKit
import Coordination
import Domain
import Logging
import Store
import Web

struct ConnectorRun: ContextCommand {
    static let configuration = CommandConfiguration(
        commandName: "run", abstract: "Run the connector of one account; a second one is its standby.",
        discussion: "The one that holds the account's lease polls and sends; the other takes over when it is gone.")

    static let examples = [
        CommandExample("eralink connector run telegram --account support", "serve the account support"),
        CommandExample("eralink connector run telegram --account support --port 0", "a second one: the standby"),
        CommandExample("eralink connector status", "who polls, since when, how long the queues are"),
    ]

    @Argument(help: "The account's kind: \(AccountKind.allCases.map(\.rawValue).joined(separator: ", ")).")
    var kind: String

    @Option(help: "The account's name.", completion: AccountNames.completion)
    var account: String

    @OptionGroup var server: ServerOptions
    @OptionGroup var shared: SharedOptions

    var flagSettings: [FlagSetting] { server.flagSettings }

    func run(_ context: CommandContext) async throws {
        guard let kind = AccountKind(rawValue: kind) else {
            throw CommandFailure.usage("there is no kind of account called \(kind)")
        }
        guard Channels.capabilities(kind, [:]) != nil else {
            throw Channels.unsupported(kind)
        }
        let key = try SecretKeyFile.read(from: context.settings, environment: context.environment)
        try await Daemon.run("connector", port: DefaultPort.connector, context) { daemon in
            let record = try await daemon.store.account(account)
            guard record.kind == kind else {
                throw EralinkError(
                    .invalidParams, "account \(account) is of kind \(record.kind.rawValue), not \(kind.rawValue)")
            }
            let health = ConnectorHealth()
            let load = AccountLoader(store: daemon.store, box: SecretBox(key: key), redactor: daemon.redactor)
            _ = try load.open(record)
            var settings = ConnectorService.Settings(
                account: account, member: daemon.node, host: daemon.settings.server.host)
            settings.term = daemon.settings.zookeeper.sessionTimeout
            settings.fileLimit = Int64(daemon.settings.limits.uploadBytes)
            let links = FileLinks(secretsKey: key)
            let logger = daemon.logger.with("account", account)
            let service = ConnectorService(
                settings, store: daemon.store, coordination: daemon.coordination, health: health,
                metrics: ConnectorMetrics(daemon.metrics, store: daemon.store), logger: logger,
                load: { () async throws(EralinkError) in try load.open(try await daemon.store.account(account)) },
                make: { account throws(EralinkError) in
                    let files = StoredFiles(store: daemon.store, account: account, links: links, logger: logger)
                    return try Channels.make(account, files, daemon.settings.client, logger)
                })
            let watch = AccountWatch { () async throws(EralinkError) in
                let record = try await daemon.store.account(account)
                let opened = try load.open(record)
                return .init(
                    account: opened, webhookSecret: record.webhookSecret, receiver: Channels.receiver(opened))
            }
            let files = FileServer(
                account: account, settings: .init(daemon.settings), store: daemon.store, links: links, watch: watch,
                metrics: daemon.metrics, logger: logger)
            let webhooks = WebhookRoutes(
                watch, store: daemon.store, coordination: daemon.coordination,
                bodyLimit: Int64(daemon.settings.limits.webhookBody), metrics: daemon.metrics, logger: logger)
            return Daemon.Role(services: [service], routes: files.routes + webhooks.routes, account: account) {
                let database = await daemon.store.ping()
                return Readiness(
                    role: health.role,
                    checks: [
                        .init("database", database ? "ok" : "down"),
                        .init("zookeeper", daemon.coordination.status.isUp ? "ok" : "down"),
                    ] + health.checks, isHealthy: database)
            }
        }
    }
}

extension FileServer.Settings {
    init(_ settings: Settings) {
        self.init(
            uploadLimit: Int64(settings.limits.uploadBytes),
            requestsPerSecond: settings.limits.requestsPerTokenPerSecond,
            filesURL: settings.urls.files)
    }
}

/// Opens an account's secret for its connector.
struct AccountLoader: Sendable {
    let store: Store
    let box: SecretBox
    let redactor: LogRedactor

    func open(_ record: AccountRecord) throws(EralinkError) -> ConnectorAccount {
        let secrets = try AccountSecrets(opening: record.sealedSecret, of: record.name, with: box)
        redactor.hide(secrets.token.reveal())
        return ConnectorAccount(
            id: record.id, name: record.name, kind: record.kind, apiURL: record.apiURL, token: secrets.token,
            settings: record.settings, webhookSecret: Domain.Secret(record.webhookSecret))
    }
}

extension Logger {
    /// A logger whose every line carries one more value.
    func with(_ key: String, _ value: String) -> Logger {
        var logger = self
        logger[metadataKey: key] = "\(value)"
        return logger
    }
}
