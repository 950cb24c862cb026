import ArgumentParser

struct ConnectorFamily: CommandFamily {
    static let configuration = CommandConfiguration(
        commandName: "connector", abstract: "Run and watch the connectors of accounts.",
        subcommands: [ConnectorRun.self, ConnectorStatus.self])

    static let examples = ConnectorRun.examples
}
