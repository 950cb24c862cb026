import AgentProtocol
import ArgumentParser
import Domain
import JSON
import Store

struct CustomerErase: ContextCommand {
    static let configuration = CommandConfiguration(
        commandName: "erase", abstract: "Remove everything that is kept of a customer, and print a receipt.",
        discussion: """
            Messages, files, phones, attributes, queues, attempts and events; there is no way back. The audit trail keeps a line \
            with the customer's id in Eralink and the counts of the receipt. What the messenger has is the messenger's.
            """)

    static let examples = [
        CommandExample("eralink customer erase 7", "see what would go"),
        CommandExample("eralink customer erase 7 --yes", "remove it"),
        CommandExample(
            "eralink customer erase --account support --to 4815162342 --yes -o json > receipt.json", "and file it"),
    ]

    @OptionGroup var options: CustomerOptions

    @Flag(help: "Really remove it.")
    var yes = false

    @Flag(help: "Close an open chat first.")
    var close = false

    @OptionGroup var shared: SharedOptions

    func run(_ context: CommandContext) async throws {
        let address = try options.address()
        let receipt = try await context.withStore { store in
            let card = try await store.customerCard(address)
            guard yes else { throw Self.unconfirmed(card) }
            if let chat = card.openChat {
                // The refusal of the store says what to do where it may not be closed.
                if close { try await closeChat(chat, store, context) }
            }
            return try await store.erase(card.customer.id, by: context.operatorName)
        }
        let row = ReceiptRow(receipt: receipt)
        switch context.output.form {
        case .csv: try context.output.list(receipt.removed.map(RemovedRow.init))
        case .table where !context.output.quiet:
            try context.output.list(receipt.removed.map(RemovedRow.init))
            context.output.note(
                "customer \(receipt.customer) of \(receipt.account) is erased; the audit trail has the receipt")
        default: try context.output.object(row)
        }
    }

    private static func unconfirmed(_ card: CustomerCard) -> CommandFailure {
        func count(_ count: Int, _ what: String) -> String { "\(count) \(what)\(count == 1 ? "" : "s")" }
        let who = card.customer.name ?? card.customer.externalID
        return .usage(
            "this would remove customer \(card.customer.id) (\(who) of \(card.account)): \(count(card.chats.count, "chat")), \(count(card.messages, "message")), \(count(card.files, "file")); repeat with --yes to do it",
            details: [.init("customer", card.customer.id.description)])
    }

    private func closeChat(_ chat: CustomerCard.Chat, _ store: Store, _ context: CommandContext) async throws {
        let admin = Actor(name: context.operatorName, scopes: [.supervisor, .admin], accounts: nil)
        _ = try await store.change(chat.id, version: chat.version, by: admin, .close(note: nil))
        // A chat server without ZooKeeper looks into the log once a second: its agents are to see the chat close.
        try await Task.sleep(for: .milliseconds(1500))
    }
}

private struct RemovedRow: OutputRow {
    let removed: ErasureReceipt.Removed

    static let columns = [
        OutputColumn<Self>("removed") { $0.removed.what },
        OutputColumn("rows", isNumber: true) { "\($0.removed.rows)" },
    ]

    func write(to writer: inout JSONWriter) {
        writer.objectValue {
            $0.member("removed", removed.what)
            $0.member("rows", removed.rows)
        }
    }
}

private struct ReceiptRow: OutputRow {
    let receipt: ErasureReceipt

    static let columns = [
        OutputColumn<Self>("customer") { $0.receipt.customer.description },
        OutputColumn("account") { $0.receipt.account }, OutputColumn("erased_at") { $0.receipt.at.description },
    ]

    func write(to writer: inout JSONWriter) {
        writer.objectValue {
            $0.member("customer", receipt.customer.description)
            $0.member("account", receipt.account)
            $0.member("erased_at", receipt.at.description)
            $0.object("removed") { writer in
                for removed in receipt.removed { writer.member(removed.what, removed.rows) }
            }
        }
    }
}
