import ArgumentParser
import Coordination
import Domain
import JSON
import Store

struct ProxyNginx: ContextCommand {
    static let configuration = CommandConfiguration(
        commandName: "nginx", abstract: "Print a configuration of nginx as the entry point for agents and messengers.",
        discussion: """
            Files and webhooks of an account go to either of its connectors, /v1/agent to all ChatServers, /v1/ to all \
            Loaders. Who they are is read from the database and from ZooKeeper, so print it while they run, or name their \
            addresses.
            """)

    static let examples = [
        CommandExample("eralink proxy nginx > /etc/nginx/nginx.conf", "the whole configuration, at port 80"),
        CommandExample(
            "eralink proxy nginx --include --server-name chat.example.com > /etc/nginx/conf.d/eralink.conf",
            "what belongs into http { } of a configuration that there is"),
        CommandExample(
            "eralink proxy nginx --connector support=10.0.0.5:8090 --connector support=10.0.0.6:8090",
            "with connectors that do not run yet"),
    ]

    @Option(help: ArgumentHelp("Port, or address and port, to listen at.", valueName: "address"))
    var listen: String?

    @Option(name: .customLong("server-name"), help: ArgumentHelp("Name of the entry point.", valueName: "name"))
    var serverName: String?

    @Option(help: ArgumentHelp("Certificate chain (PEM), with --certificate-key.", valueName: "file"))
    var certificate: String?

    @Option(name: .customLong("certificate-key"), help: ArgumentHelp("Key of the certificate.", valueName: "file"))
    var certificateKey: String?

    @Option(
        name: .customLong("access-log"), help: ArgumentHelp("Where requests are logged, or off.", valueName: "file"))
    var accessLog: String?

    @Flag(help: "Print only what belongs into http { }.")
    var include = false

    @Option(help: ArgumentHelp("A connector beside those that run.", valueName: "account=host:port"))
    var connector: [String] = []

    @Option(help: ArgumentHelp("A ChatServer beside those that run.", valueName: "host:port"))
    var chat: [String] = []

    @Option(help: ArgumentHelp("A Loader beside those that run.", valueName: "host:port"))
    var loader: [String] = []

    @OptionGroup var shared: SharedOptions

    func run(_ context: CommandContext) async throws {
        let options = try nginxOptions(context.settings.limits)
        let fixed = try fixedAddresses()
        let accounts = try await context.withStore { try await $0.accounts().map(\.name) }
        let report = try await context.clusterReport()
        if let report, !report.quorum, fixed == ProxyRoutes.Fixed() {
            // Printed without anybody in it, it would take the place of one that works.
            throw EralinkError(
                .unavailable,
                "zookeeper does not answer, so who runs is not known; try again, or name the daemons with --connector, --chat and --loader"
            )
        }
        let routes = ProxyRoutes(accounts: accounts, components: report?.components ?? [], fixed: fixed)
        for warning in routes.warnings { context.output.warning(warning) }
        guard context.output.form == .table else { return try context.output.list(RouteRow.rows(of: routes)) }
        try context.output.text(NginxConfiguration(routes: routes, options: options).text)
    }

    private func nginxOptions(_ limits: Settings.Limits) throws -> NginxConfiguration.Options {
        guard (certificate == nil) == (certificateKey == nil) else {
            throw CommandFailure.usage("--certificate and --certificate-key go together; give both or none")
        }
        // They stand in the configuration as words.
        for (option, word) in [("--listen", listen), ("--server-name", serverName)] {
            guard let word else { continue }
            let isWord = word.utf8.allSatisfy { (0x21...0x7E).contains($0) && !#";{}"'\$#"#.utf8.contains($0) }
            guard isWord, !word.isEmpty else { throw CommandFailure.usage("\(option): \"\(word)\" cannot stand there") }
        }
        for (option, path) in [
            ("--certificate", certificate), ("--certificate-key", certificateKey), ("--access-log", accessLog),
        ] {
            guard let path else { continue }
            guard !path.isEmpty, !path.contains("$"), path.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) else {
                throw CommandFailure.usage("\(option): \"\(path)\" is not the name of a file")
            }
        }
        var options = NginxConfiguration.Options()
        options.listen = listen
        options.serverName = serverName ?? options.serverName
        options.certificate = certificate
        options.certificateKey = certificateKey
        options.accessLog = accessLog ?? options.accessLog
        options.isIncluded = include
        options.limits = limits
        return options
    }

    private func fixedAddresses() throws -> ProxyRoutes.Fixed {
        var fixed = ProxyRoutes.Fixed()
        for text in connector {
            let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            guard parts.count == 2, Name.isValid(parts[0]) else {
                throw CommandFailure.usage("--connector: \"\(text)\" is not ACCOUNT=HOST:PORT")
            }
            fixed.connectors.append(.init(account: parts[0], address: try address(parts[1], "--connector")))
        }
        fixed.chats = try chat.map { try address($0, "--chat") }
        fixed.loaders = try loader.map { try address($0, "--loader") }
        return fixed
    }

    private func address(_ text: String, _ option: String) throws -> ListenAddress {
        do throws(SettingProblem) {
            return try ListenAddress(parsing: text)
        } catch {
            throw CommandFailure.usage("\(option): \"\(text)\" \(error.reason)")
        }
    }
}

/// Where one path leads, for programs that configure another proxy.
private struct RouteRow: OutputRow {
    let path: String
    let servers: [ListenAddress]

    static func rows(of routes: ProxyRoutes) -> [RouteRow] {
        routes.accounts.flatMap { account in
            ["files", "webhooks"].map { RouteRow(path: "/\($0)/\(account.name)/", servers: account.connectors) }
        } + [
            RouteRow(path: "/v1/agent", servers: routes.chats), RouteRow(path: "/v1/", servers: routes.loaders),
        ]
    }

    static let columns = [
        OutputColumn<Self>("path") { $0.path },
        OutputColumn("servers") { $0.servers.map(\.description).joined(separator: " ") },
    ]

    func write(to writer: inout JSONWriter) {
        writer.objectValue {
            $0.member("path", path)
            $0.member("servers", servers.map(\.description))
        }
    }
}
