import ArgumentParser

struct ConfigFamily: CommandFamily {
    static let configuration = CommandConfiguration(
        commandName: "config", abstract: "Settings: show, check, start a file.",
        subcommands: [ConfigShow.self, ConfigCheck.self, ConfigDefaults.self])

    static let examples = [
        CommandExample("eralink config show --origin", "every setting and where it comes from"),
        CommandExample("eralink config check --config new.yaml", "try a file before it is installed"),
        CommandExample("eralink config defaults > eralink.yaml", "start a file"),
    ]
}
