import ArgumentParser

struct ProxyFamily: CommandFamily {
    static let configuration = CommandConfiguration(
        commandName: "proxy", abstract: "Make the configuration of the entry point, a reverse proxy.",
        subcommands: [ProxyNginx.self])

    static let examples = ProxyNginx.examples
}
