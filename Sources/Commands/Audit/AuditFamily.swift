import ArgumentParser

struct AuditFamily: CommandFamily {
    static let configuration = CommandConfiguration(
        commandName: "audit", abstract: "Who did what.", subcommands: [AuditList.self])

    static let examples = [
        CommandExample("eralink audit list", "what was done last"),
        CommandExample("eralink audit list --since 7d --action account", "changes of accounts in a week"),
        CommandExample("eralink audit list --all -o jsonl", "everything, for a program"),
    ]
}
