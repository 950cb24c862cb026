import ArgumentParser
import JSON
import Store

struct AccountRemove: ContextCommand {
    static let configuration = CommandConfiguration(
        commandName: "remove", abstract: "Remove an account. Its chats stay readable in the database.",
        discussion: "A name that was used once is not given again.")

    static let examples = [
        CommandExample("eralink account remove old", "stop serving it, for ever"),
        CommandExample("eralink account disable old", "or only for now"),
        CommandExample("eralink account list", "see what is left"),
    ]

    @Argument(help: "The account.", completion: AccountNames.completion)
    var name: String

    @OptionGroup var shared: SharedOptions

    func run(_ context: CommandContext) async throws {
        var change = AccountChange()
        change.removed = true
        _ = try await context.withStore { [change] in
            try await $0.changeAccount(name, change, action: "account.remove", by: context.operatorName)
        }
        try context.output.object(RemovedRow(name: name))
    }
}

private struct RemovedRow: OutputRow {
    let name: String

    static let columns = [OutputColumn<Self>("removed") { $0.name }]

    func write(to writer: inout JSONWriter) {
        writer.objectValue {
            $0.member("name", name)
            $0.member("removed", true)
        }
    }
}
