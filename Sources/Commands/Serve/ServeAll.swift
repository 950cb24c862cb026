import ArgumentParser
import ChatServer
import InteractionLoader

struct ServeAll: ContextCommand {
    static let configuration = CommandConfiguration(
        commandName: "all", abstract: "Run a ChatServer and an Interaction Loader on one port.")

    static let examples = [
        CommandExample("eralink serve all", "serve agents' desktops from one process, at port 8080"),
        CommandExample("eralink serve all --port 0", "take any free port; the log says which"),
        CommandExample("ERALINK_LOADER_URL=http://127.0.0.1:8080 eralink interactions list", "ask its Loader"),
    ]

    @OptionGroup var server: ServerOptions
    @OptionGroup var shared: SharedOptions

    var flagSettings: [FlagSetting] { server.flagSettings }

    func run(_ context: CommandContext) async throws {
        let links = try context.fileLinks()
        try await Daemon.run("all", port: DefaultPort.chat, context) { daemon in
            let chat = try await ChatServer.make(
                .init(daemon, links), store: daemon.store, coordination: daemon.coordination, metrics: daemon.metrics,
                logger: daemon.logger)
            return Daemon.Role(
                services: [chat], routes: chat.routes + InteractionLoader(daemon).routes, webSocket: chat.webSocket(),
                readiness: chat.readiness)
        }
    }
}
