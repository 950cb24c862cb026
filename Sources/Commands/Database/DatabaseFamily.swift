import ArgumentParser

struct DatabaseFamily: CommandFamily {
    static let configuration = CommandConfiguration(
        commandName: "db", abstract: "The database's schema, and what it keeps.",
        subcommands: [DatabaseMigrate.self, DatabaseStatus.self, DatabaseRetention.self, DatabaseInbox.self])

    static let examples = [
        CommandExample("eralink db migrate", "make or update the schema"),
        CommandExample("eralink db status", "see whether it is the one that this version needs"),
        CommandExample("eralink db status -q || eralink db migrate", "only where something is to do"),
    ]
}
