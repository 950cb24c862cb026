import ArgumentParser
import Domain

struct AccountFamily: CommandFamily {
    static let configuration = CommandConfiguration(
        commandName: "account", abstract: "The accounts at the messengers.",
        discussion: "Changes reach a running connector within five seconds.",
        subcommands: [
            AccountAdd.self, AccountList.self, AccountShow.self, AccountSet.self, AccountEnable.self,
            AccountDisable.self, AccountRemove.self, AccountCheck.self,
        ])

    static let examples = [
        CommandExample("eralink account add telegram --name support --token-file bot.token", "add a bot"),
        CommandExample("eralink account list", "see what there is"),
        CommandExample("eralink account check support", "ask the messenger whether it works"),
    ]
}

extension AccountKind: ExpressibleByArgument {}
