import ArgumentParser

struct InteractionsFamily: CommandFamily {
    static let configuration = CommandConfiguration(
        commandName: "interactions", abstract: "Chats: list, show, search, export, close, release.",
        subcommands: [
            InteractionsList.self, InteractionsShow.self, InteractionsSearch.self, InteractionsExport.self,
            InteractionsClose.self, InteractionsRelease.self,
        ])

    static let examples = [
        CommandExample("eralink interactions list --from 24h", "chats with customer messages of the last day"),
        CommandExample("eralink interactions show 42", "one chat and its messages"),
        CommandExample("eralink interactions close 42", "close it"),
    ]
}
