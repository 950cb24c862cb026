import AgentClient
import ArgumentParser
import Domain
import JSON

struct InteractionsShow: ContextCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Print one chat and its messages, oldest first.")

    static let examples = [
        CommandExample("eralink interactions show 42", "for people"),
        CommandExample("eralink interactions show 42 -o json | jq '.messages[].text.text'", "for programs"),
        CommandExample("eralink interactions show 42 -o csv", "the messages, for a spreadsheet"),
    ]

    @Argument(help: "The chat's id.")
    var interaction: String

    @OptionGroup var shared: SharedOptions

    func run(_ context: CommandContext) async throws {
        let loader = try context.patientLoader()
        let chat = try await loader.chat(interaction)
        var messages: [JSONValue] = []
        try await loader.messages(of: interaction) { messages.append($0) }
        let output = context.output
        switch output.form {
        case .json, .jsonl: try output.object(ChatRow(chat: chat, messages: messages))
        case .csv: try output.list(messages.map(MessageJSONRow.init))
        case .table:
            try output.object(InteractionRow(json: chat))
            if output.quiet || messages.isEmpty { return }
            try output.text("\n")
            try output.list(messages.map(MessageJSONRow.init))
        }
    }
}

private struct ChatRow: OutputRow {
    let chat: JSONValue
    let messages: [JSONValue]

    static let columns = InteractionRow.columns.map { column in column.of(\ChatRow.row) }

    private var row: InteractionRow { InteractionRow(json: chat) }

    func write(to writer: inout JSONWriter) {
        writer.objectValue {
            $0.member("interaction", chat)
            $0.member("messages", messages)
        }
    }
}
