import ArgumentParser
import Domain
import JSON
import Store

struct DatabaseInbox: ContextCommand {
    static let configuration = CommandConfiguration(
        commandName: "inbox", abstract: "Print what came in and could not be taken, and say what becomes of it.",
        discussion: """
            A row that fails every time is set aside, so that it holds up nothing; the ChatServers' logs say why. It stays until \
            it is taken once more, which a newer version may be able to, or removed.
            """)

    static let examples = [
        CommandExample("eralink db inbox", "what was set aside"),
        CommandExample("eralink db inbox --retry 17 --retry 18", "have ChatServers take it again"),
        CommandExample("eralink db inbox --remove 17", "give it up"),
    ]

    @Option(help: ArgumentHelp("Take this row again; may be given several times.", valueName: "id"))
    var retry: [Int64] = []

    @Option(help: ArgumentHelp("Remove this row; may be given several times.", valueName: "id"))
    var remove: [Int64] = []

    @Option(help: ArgumentHelp("How many lines.", valueName: "limit"))
    var limit = 50

    @OptionGroup var shared: SharedOptions

    func run(_ context: CommandContext) async throws {
        guard limit > 0 else { throw CommandFailure.usage("--limit must be 1 or more") }
        if let both = retry.first(where: remove.contains) {
            throw CommandFailure.usage("row \(both) cannot be both taken again and removed")
        }
        let rows = try await context.withStore { store in
            if !retry.isEmpty { try await store.settle(setAside: retry, as: .retried, by: context.operatorName) }
            if !remove.isEmpty { try await store.settle(setAside: remove, as: .removed, by: context.operatorName) }
            return try await store.setAside(limit: limit + 1)
        }
        if !retry.isEmpty { context.output.note("ChatServers take \(retry.count) again within a second") }
        try context.output.list(rows.prefix(limit).map(InboxListRow.init))
        if rows.count > limit { context.output.note("there are more: --limit") }
    }
}

private struct InboxListRow: OutputRow {
    let row: SetAsideRow

    static let columns = [
        OutputColumn<Self>("id") { "\($0.row.id)" }, OutputColumn("account") { $0.row.account },
        OutputColumn("chat") { $0.row.chat }, OutputColumn("event") { $0.row.event },
        OutputColumn("kind") { $0.row.kind ?? "" }, OutputColumn("external_id") { $0.row.externalID ?? "" },
        OutputColumn("bytes", isNumber: true) { "\($0.row.bytes)" },
        OutputColumn("received_at") { $0.row.receivedAt.description },
    ]

    func write(to writer: inout JSONWriter) {
        writer.objectValue {
            $0.member("id", "\(row.id)")
            $0.member("account", row.account)
            $0.member("chat", row.chat)
            $0.member("event", row.event)
            $0.member("kind", row.kind)
            $0.member("external_id", row.externalID)
            $0.member("bytes", row.bytes)
            $0.member("received_at", row.receivedAt.description)
        }
    }
}
