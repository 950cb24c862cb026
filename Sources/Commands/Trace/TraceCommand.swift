import ArgumentParser
import Domain
import JSON
import Store

struct TraceCommand: ContextCommand {
    static let configuration = CommandConfiguration(
        commandName: "trace", abstract: "Print every step of a message's way, with times and what the messenger said.",
        discussion: "Tokens are not in it; the message's text is, where it was sent to the messenger.")

    static let examples = [
        CommandExample("eralink trace 1872348712398123", "for people"),
        CommandExample("eralink trace 1872348712398123 -o json", "for programs"),
        CommandExample("eralink trace $(eralink send --account a --to 7 hi -q)", "of what was just sent"),
    ]

    @Argument(help: "The message's id, as send and tail print it.")
    var message: String

    @OptionGroup var shared: SharedOptions

    func run(_ context: CommandContext) async throws {
        guard let id = MessageID(text: message) else {
            throw EralinkError(.notFound, "message \(message) does not exist")
        }
        let trace = try await context.withStore { try await $0.trace(id) }
        let row = TraceRow(trace: trace)
        guard context.output.form == .table, !context.output.quiet else {
            return context.output.form == .csv ? try context.output.list(row.hops) : try context.output.object(row)
        }
        try context.output.object(row)
        try context.output.text("\n")
        try context.output.list(row.hops)
        for exchange in row.exchanges { try context.output.text("\n" + context.output.shown(exchange) + "\n") }
    }
}

/// A message and its way.
struct TraceRow: OutputRow {
    let trace: MessageTrace

    var hops: [TraceHop] { TraceHop.hops(of: trace) }

    /// What was said to the messenger and what it answered, attempt by attempt.
    var exchanges: [String] {
        hops.compactMap { hop in
            guard let request = hop.request, !request.isEmpty else { return nil }
            return "attempt \(hop.attempt ?? 0): \(request) → \(hop.response ?? "no answer")"
        }
    }

    static let columns = [
        OutputColumn<Self>("message") { $0.trace.message.id.description },
        OutputColumn("interaction") { $0.trace.message.interaction.description },
        OutputColumn("account") { $0.trace.account },
        OutputColumn("direction") { $0.trace.message.direction.rawValue },
        OutputColumn("kind") { $0.trace.message.kind.rawValue },
        OutputColumn("state") { $0.trace.message.state.rawValue },
    ]

    func write(to writer: inout JSONWriter) {
        writer.objectValue {
            $0.member("message", trace.message.id.description)
            $0.member("interaction", trace.message.interaction.description)
            $0.member("account", trace.account)
            $0.member("direction", trace.message.direction.rawValue)
            $0.member("kind", trace.message.kind.rawValue)
            $0.member("state", trace.message.state.rawValue)
            $0.member("hops", hops)
        }
    }
}
