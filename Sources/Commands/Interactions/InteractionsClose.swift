import AgentClient
import ArgumentParser
import Domain
import JSON

struct InteractionsClose: ContextCommand {
    static let configuration = CommandConfiguration(
        commandName: "close", abstract: "Close a chat; the customer's next message opens a new one.")

    static let examples = [
        CommandExample("eralink interactions close 42", "close it"),
        CommandExample("eralink interactions close 42 --note \"solved by phone\"", "with a note in its history"),
        CommandExample("eralink interactions release 42", "or give it back to those who wait"),
    ]

    @Argument(help: "The chat's id.")
    var interaction: String

    @Option(help: "A note in the chat's history, for agents.")
    var note: String?

    @OptionGroup var shared: SharedOptions

    func run(_ context: CommandContext) async throws {
        try await context.leave(interaction, by: "interaction.close", note: note)
    }
}

struct InteractionsRelease: ContextCommand {
    static let configuration = CommandConfiguration(
        commandName: "release", abstract: "Take a chat from its agent, so that it waits for another one.")

    static let examples = [
        CommandExample("eralink interactions release 42", "let another agent have it"),
        CommandExample("eralink interactions release 42 --note \"asks for a lawyer\"", "with a note in its history"),
        CommandExample("eralink interactions list --from 24h --state active", "see who has which"),
    ]

    @Argument(help: "The chat's id.")
    var interaction: String

    @Option(help: "A note in the chat's history, for agents.")
    var note: String?

    @OptionGroup var shared: SharedOptions

    func run(_ context: CommandContext) async throws {
        try await context.leave(interaction, by: "interaction.release", note: note)
    }
}

extension CommandContext {
    fileprivate func leave(_ interaction: String, by method: String, note: String?) async throws {
        let result = try await withAgentClient { connection, _ in
            let now = try await connection.request("interaction.get", .members(["interaction": .string(interaction)]))
            return try await connection.request(
                method,
                .members([
                    "interaction": .string(interaction), "version": now["version"], "note": note.map(JSONValue.string),
                ]))
        }
        try output.object(InteractionRow(json: result))
    }
}
