import AgentClient
import ArgumentParser
import Domain
import JSON
import Terminal

struct InteractionsSearch: ContextCommand {
    static let configuration = CommandConfiguration(
        commandName: "search", abstract: "Find chats by their customer, or messages by what they say.",
        discussion: """
            Without --messages the text is part of a customer's name, phone or id at the messenger. With it every chat of the \
            period is read, and each message that contains the text is printed as soon as it is found; capitals do not count.
            """)

    static let examples = [
        CommandExample("eralink interactions search Ivanov", "chats of customers of that name in the last 90 days"),
        CommandExample("eralink interactions search --messages refund --from 7d", "messages that say so"),
        CommandExample("eralink interactions search +7999 --from 365d -q", "ids only, by a part of the phone number"),
    ]

    @Argument(help: "What to look for.")
    var text: String

    @Flag(help: "Look into the messages.")
    var messages = false

    @Option(help: ArgumentHelp("Customer messages received at or after this moment.", valueName: "time|ago"))
    var from = "90d"

    @Option(help: ArgumentHelp("And before this one; now by default.", valueName: "time|ago"))
    var to: String?

    @OptionGroup var options: ChatQueryOptions
    @OptionGroup var shared: SharedOptions

    func run(_ context: CommandContext) async throws {
        guard text.contains(where: { !$0.isWhitespace }) else { throw CommandFailure.usage("say what to look for") }
        let loader = try context.patientLoader()
        let query = try options.query(from: from, to: to, text: messages ? nil : text, context)
        if messages {
            return try await context.withInterruption(resume: { nil }) { interruption in
                try await lookIntoMessages(loader, query, context, interruption)
            }
        }
        var rows: [InteractionRow] = []
        var page: String?
        repeat {
            let answer = try await loader.chats(query, page: page, limit: 200)
            rows += answer.items.map(InteractionRow.init)
            page = answer.next
        } while page != nil
        try context.output.list(rows)
    }

    private func lookIntoMessages(
        _ loader: Loader, _ query: ChatQuery, _ context: CommandContext, _ interruption: Interruption
    ) async throws {
        let wanted = text.lowercased()
        let total = try await loader.count(query)
        let bar = context.progress("searching", total: total)
        defer { bar.finish() }
        var isFirst = true
        var page: String?
        repeat {
            let answer = try await loader.chats(query, page: page, limit: 200)
            for chat in answer.items {
                if interruption.isRequested { return }
                var found: [FoundRow] = []
                try await loader.messages(of: chat["id"]?.string ?? "") { message in
                    let row = FoundRow(chat: chat, message: message)
                    if MessageLine(message).says.lowercased().contains(wanted) { found.append(row) }
                }
                if !found.isEmpty { bar.clear() }
                for row in found {
                    try context.output.element(row, isFirst: isFirst) { context.output.shown($0.line) }
                    isFirst = false
                }
                bar.advance()
            }
            page = answer.next
        } while page != nil
    }
}

extension Loader {
    /// How many chats there are.
    func count(_ query: ChatQuery) async throws -> Int {
        var count = 0
        var page: String?
        repeat {
            let answer = try await chats(query, page: page, limit: 200)
            count += answer.items.count
            page = answer.next
        } while page != nil
        return count
    }
}

/// A message that was found, with the chat that it stands in.
private struct FoundRow: OutputRow {
    let chat: JSONValue
    let message: JSONValue

    static let columns = [
        OutputColumn<Self>("interaction") { $0.chat["id"]?.string ?? "" },
        OutputColumn("seq", isNumber: true) { $0.message["seq"]?.number?.text ?? "" },
        OutputColumn("at") { $0.message["at"]?.string ?? "" },
        OutputColumn("customer") { EventLine.name(ofCustomerIn: $0.chat) ?? "" },
        OutputColumn("message") { MessageLine($0.message).line.text },
    ]

    var line: StyledLine {
        var line = StyledLine("\(message["at"]?.string ?? "") ", .grey)
        line.append("#\(chat["id"]?.string ?? "")/\(message["seq"]?.number?.text ?? "") ", .cyan)
        line.append("\(EventLine.name(ofCustomerIn: chat) ?? "") ", .cyan)
        line.append(MessageLine(message).line)
        return line
    }

    func write(to writer: inout JSONWriter) { writer.value(message) }
}
