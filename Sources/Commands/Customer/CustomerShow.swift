import AgentProtocol
import ArgumentParser
import Domain
import JSON
import Store
import Terminal

struct CustomerShow: ContextCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Print what is kept of a customer.")

    static let examples = [
        CommandExample("eralink customer show 7", "by the id in Eralink"),
        CommandExample("eralink customer show --account support --to 4815162342", "by the messenger's id"),
        CommandExample("eralink customer show 7 -o json | jq .interactions", "the chats, for a program"),
    ]

    @OptionGroup var options: CustomerOptions
    @OptionGroup var shared: SharedOptions

    func run(_ context: CommandContext) async throws {
        let address = try options.address()
        let card = try await context.withStore { try await $0.customerCard(address) }
        try context.output.object(CustomerRow(card: card))
    }
}

/// A customer as an admin sees them.
struct CustomerRow: OutputRow {
    let card: CustomerCard

    private var customer: Customer { card.customer }

    static let columns = [
        OutputColumn<Self>("id") { $0.customer.id.description }, OutputColumn("account") { $0.card.account },
        OutputColumn("external_id") { $0.customer.externalID }, OutputColumn("name") { $0.customer.name ?? "" },
        OutputColumn("username") { $0.customer.username ?? "" }, OutputColumn("phone") { $0.customer.phone ?? "" },
        OutputColumn("language") { $0.customer.language ?? "" },
        OutputColumn("blocked", colour: { $0.customer.blocked ? .red : nil }) { $0.customer.blocked ? "yes" : "no" },
        OutputColumn("note") { $0.customer.note ?? "" },
        OutputColumn("attributes") { $0.customer.attributes.map { "\($0.name)=\($0.value)" }.joined(separator: " ") },
        OutputColumn("created_at") { $0.card.createdAt.description }, OutputColumn("chats") { $0.chats },
        OutputColumn("messages") { "\($0.card.messages)" },
        OutputColumn("files") {
            $0.card.files == 0 ? "0" : "\($0.card.files), \(ByteSize.about($0.card.fileBytes))"
        },
        OutputColumn("queued") { "\($0.card.queued)" },
    ]

    private var chats: String {
        let open = card.openChat.map { "; #\($0.id) is \($0.state.rawValue)\($0.agent.map { " of \($0)" } ?? "")" }
        return "\(card.chats.count)\(open ?? "")"
    }

    func write(to writer: inout JSONWriter) {
        writer.objectValue {
            $0.member("customer", customer)
            $0.member("account", card.account)
            $0.member("created_at", card.createdAt.description)
            $0.member("messages", card.messages)
            $0.member("files", card.files)
            $0.member("file_bytes", card.fileBytes)
            $0.member("queued", card.queued)
            $0.member("interactions", card.chats.map(\.json))
        }
    }
}

extension CustomerCard.Chat {
    fileprivate var json: JSONValue {
        .members([
            "id": .string(id.description), "state": .string(state.rawValue),
            "agent": agent.map(JSONValue.string) ?? .null, "created_at": .string(createdAt.description),
        ])
    }
}
