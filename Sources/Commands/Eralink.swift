import ArgumentParser

/// `eralink`, the root of all commands.
package struct Eralink: AsyncParsableCommand, CommandFamily {
    package static let configuration = CommandConfiguration(
        commandName: "eralink",
        abstract: "One API for contact centres over many messengers.",
        version: "eralink \(Version.current)", subcommands: [GenerateCommand.self],
        groupedSubcommands: [
            CommandGroup(name: "Set-up", subcommands: [KeyFamily.self, ConfigFamily.self, DatabaseFamily.self]),
            CommandGroup(name: "Daemons", subcommands: [ServeFamily.self, ConnectorFamily.self]),
            CommandGroup(
                name: "Administration",
                subcommands: [
                    AccountFamily.self, TokenFamily.self, CustomerFamily.self, AuditFamily.self, ProxyFamily.self,
                ]),
            CommandGroup(
                name: "Chats",
                subcommands: [SendCommand.self, ChatCommand.self, TailCommand.self, InteractionsFamily.self]),
            CommandGroup(
                name: "Looking in",
                subcommands: [
                    ChannelsCommand.self, DoctorCommand.self, TraceCommand.self, ZooKeeperFamily.self,
                ]),
            CommandGroup(name: "Trying it", subcommands: [SandboxFamily.self]),
            CommandGroup(name: "About", subcommands: [CompletionsCommand.self, VersionCommand.self]),
        ])

    package static let examples = [
        CommandExample("eralink key create eralink.key", "make the key that encrypts secrets"),
        CommandExample("eralink config defaults > eralink.yaml", "start a settings file"),
        CommandExample("eralink config show --origin", "see which settings hold, and where they come from"),
    ]

    package init() {}
}
