import ArgumentParser
import InteractionLoader

struct ServeLoader: ContextCommand {
    static let configuration = CommandConfiguration(
        commandName: "loader", abstract: "Run an Interaction Loader: the chats of a period by REST.",
        discussion: "It keeps nothing, so any number of them serve at once.")

    static let examples = [
        CommandExample("eralink serve loader", "serve at http.server.host and port 8081"),
        CommandExample("eralink serve loader --port 0", "take any free port; the log says which"),
        CommandExample(
            "curl -H \"Authorization: Bearer $TOKEN\" 'http://127.0.0.1:8081/v1/interactions?from=…&to=…'", "ask it"),
    ]

    @OptionGroup var server: ServerOptions
    @OptionGroup var shared: SharedOptions

    var flagSettings: [FlagSetting] { server.flagSettings }

    func run(_ context: CommandContext) async throws {
        try await Daemon.run("loader", port: DefaultPort.loader, context) { daemon in
            let loader = InteractionLoader(daemon)
            return Daemon.Role(services: [], routes: loader.routes, readiness: loader.readiness)
        }
    }
}

extension InteractionLoader {
    init(_ daemon: Daemon) {
        self.init(
            store: daemon.store, capabilities: Channels.capabilities,
            requestsPerSecond: daemon.settings.limits.requestsPerTokenPerSecond, metrics: daemon.metrics,
            logger: daemon.logger)
    }
}
