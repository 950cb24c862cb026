import ArgumentParser
import Domain
import JSON
import Store

struct AuditList: ContextCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "Print what admins did, newest first.")

    static let examples = [
        CommandExample("eralink audit list", "the last 50 lines"),
        CommandExample("eralink audit list --subject support --since 30d", "what was done to an account"),
        CommandExample("eralink audit list --action customer.erase --all -o csv", "every erasure, for a spreadsheet"),
    ]

    @Option(help: ArgumentHelp("Done at or after this moment.", valueName: "time|ago"))
    var since: String?

    @Option(help: ArgumentHelp("And before this one.", valueName: "time|ago"))
    var until: String?

    @Option(help: "Only by this actor.")
    var actor: String?

    @Option(help: "Only this action, or all of its family: account.add, account.")
    var action: String?

    @Option(help: "Only to this account, token or customer.")
    var subject: String?

    @Option(help: "How many lines.")
    var limit = 50

    @Flag(help: "All of them.")
    var all = false

    @OptionGroup var shared: SharedOptions

    private static let page = 1000

    func run(_ context: CommandContext) async throws {
        guard limit > 0 else { throw CommandFailure.usage("--limit must be at least 1") }
        var filter = AuditFilter()
        filter.from = try since.map { try Moment.read($0, option: "--since", context) }
        filter.to = try until.map { try Moment.read($0, option: "--until", context) }
        filter.actor = actor
        filter.action = action
        filter.subject = subject
        let wanted = all ? Int.max : limit
        let (rows, isMore) = try await context.withStore { [filter] store in
            var rows: [AuditRow] = []
            while rows.count < wanted {
                let count = min(Self.page, wanted - rows.count)
                let page = try await store.audit(filter, before: rows.last?.record.id, limit: count)
                rows += page.map(AuditRow.init)
                if page.count < count { return (rows, false) }
            }
            return (rows, true)
        }
        try context.output.list(rows)
        if isMore { context.output.note("there may be more: --limit, or --all") }
    }
}

private struct AuditRow: OutputRow {
    let record: AuditRecord

    private var details: [(key: String, value: String)] { record.details.sorted { $0.key < $1.key } }

    static let columns = [
        OutputColumn<Self>("id") { "\($0.record.id)" }, OutputColumn("at") { $0.record.at.description },
        OutputColumn("actor") { $0.record.actor }, OutputColumn("action") { $0.record.action },
        OutputColumn("subject") { $0.record.subject },
        OutputColumn("details") { $0.details.map { "\($0.key)=\($0.value)" }.joined(separator: " ") },
    ]

    func write(to writer: inout JSONWriter) {
        writer.objectValue {
            $0.member("id", String(record.id))
            $0.member("at", record.at.description)
            $0.member("actor", record.actor)
            $0.member("action", record.action)
            $0.member("subject", record.subject)
            $0.object("details") { writer in for detail in details { writer.member(detail.key, detail.value) } }
        }
    }
}
