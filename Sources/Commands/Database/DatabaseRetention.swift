import ArgumentParser
import Domain
import JSON
import Store
import Terminal

struct DatabaseRetention: ContextCommand {
    static let configuration = CommandConfiguration(
        commandName: "retention", abstract: "Remove now what is kept no longer; chat servers do it every ten minutes.",
        discussion: """
            Messages, their files and empty closed chats after retention_days of their account (none: kept for ever); the event \
            log after events.retention; keys of replays after 30 days, idempotency keys after 96 hours, attempts after 30 days.
            """)

    static let examples = [
        CommandExample("eralink db retention --dry-run", "see what would go"),
        CommandExample("eralink db retention", "remove it"),
        CommandExample("eralink account set support retention_days=365", "keep a year of an account"),
    ]

    @Flag(name: .customLong("dry-run"), help: "Only count.")
    var dryRun = false

    @OptionGroup var shared: SharedOptions

    func run(_ context: CommandContext) async throws {
        let events = context.settings.eventRetention
        let rows = try await context.withStore { store in
            if dryRun {
                return try await store.applyRetention(dryRun: true)
                    + (try await store.retentionPreview(eventRetention: events))
            }
            let bar = context.progress("removing", total: nil)
            defer { bar.finish() }
            let accounts = try await store.applyRetention { bar.advance(by: $0) }
            let rest = try await store.maintain(eventRetention: events)
            return accounts
                + rest.sorted { $0.key < $1.key }.map { RetentionCount(what: $0.key, rows: $0.value) }
        }
        try context.output.list(rows.map(RetentionRow.init))
    }
}

private struct RetentionRow: OutputRow {
    let count: RetentionCount

    static let columns = [
        OutputColumn<Self>("what") { $0.count.what }, OutputColumn("account") { $0.count.account ?? "all" },
        OutputColumn("rows", isNumber: true) { "\($0.count.rows)" },
    ]

    func write(to writer: inout JSONWriter) {
        writer.objectValue {
            $0.member("account", count.account)
            $0.member("what", count.what)
            $0.member("rows", count.rows)
        }
    }
}
