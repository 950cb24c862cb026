import ArgumentParser

struct TokenFamily: CommandFamily {
    static let configuration = CommandConfiguration(
        commandName: "token", abstract: "The tokens of agents, supervisors and bots.",
        subcommands: [TokenCreate.self, TokenList.self, TokenRevoke.self])

    static let examples = [
        CommandExample(
            "eralink token create --name anna --scope agent --account support -q > anna.token", "for an agent"),
        CommandExample("eralink token list", "who has one"),
        CommandExample("eralink token revoke anna", "take it away; sessions end within seconds"),
    ]
}
