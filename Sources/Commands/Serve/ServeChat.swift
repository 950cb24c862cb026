import ArgumentParser
import ChatServer
import Store

struct ServeFamily: CommandFamily {
    static let configuration = CommandConfiguration(
        commandName: "serve", abstract: "Run a daemon in the foreground.",
        subcommands: [ServeChat.self, ServeLoader.self, ServeAll.self])

    static let examples = [ServeChat.examples[0], ServeLoader.examples[0], ServeAll.examples[0]]
}

struct ServeChat: ContextCommand {
    static let configuration = CommandConfiguration(
        commandName: "chat", abstract: "Run a ChatServer: the agents' WebSocket API.",
        discussion: "Any number of them serve at once. SIGTERM drains: agents are told to go to another one.")

    static let examples = [
        CommandExample("eralink serve chat", "serve at http.server.host and port 8080"),
        CommandExample("eralink serve chat --port 0", "take any free port; the log says which"),
        CommandExample("eralink serve chat --config chat.yaml --host 10.0.0.5", "with settings of its own"),
    ]

    @OptionGroup var server: ServerOptions
    @OptionGroup var shared: SharedOptions

    var flagSettings: [FlagSetting] { server.flagSettings }

    func run(_ context: CommandContext) async throws {
        let links = try context.fileLinks()
        try await Daemon.run("chat", port: DefaultPort.chat, context) { daemon in
            let chat = try await ChatServer.make(
                .init(daemon, links), store: daemon.store, coordination: daemon.coordination, metrics: daemon.metrics,
                logger: daemon.logger)
            return Daemon.Role(
                services: [chat], routes: chat.routes, webSocket: chat.webSocket(), readiness: chat.readiness)
        }
    }
}

extension ChatServerSettings {
    init(_ daemon: Daemon, _ links: FileLinks?) {
        self.init(node: daemon.node, capabilities: Channels.capabilities)
        self.links = links
        filesURL = daemon.settings.urls.files
        sessionsPerToken = daemon.settings.limits.sessionsPerToken
        eventsUnread = daemon.settings.limits.eventsUnread
        bytesUnread = daemon.settings.limits.bytesUnread
        eventRetention = daemon.settings.eventRetention
        releaseAfter = daemon.settings.releaseAfter
        shutdownGrace = daemon.settings.shutdownGrace
    }
}
