import ArgumentParser
import Coordination
import Domain
import JSON
import Store
import Terminal

struct ConnectorStatus: ContextCommand {
    static let configuration = CommandConfiguration(
        commandName: "status", abstract: "Print who serves the accounts, and how long their queues are.",
        discussion: """
            A line for each connector of an account: the active one by the database's lease, standbys by ZooKeeper. Without \
            ZooKeeper only the active ones are known.
            """)

    static let examples = [
        CommandExample("eralink connector status", "all accounts"),
        CommandExample("watch -n2 eralink connector status", "during a fail-over"),
        CommandExample(
            "eralink connector status -o json | jq '.[] | select(.role == \"none\")'", "nobody serves these"),
    ]

    @OptionGroup var shared: SharedOptions

    func run(_ context: CommandContext) async throws {
        let accounts = try await context.withStore { try await $0.accountStatuses() }
        let cluster = try await context.clusterReport()
        if let cluster, !cluster.quorum { context.output.warning("zookeeper does not answer: standbys are not known") }
        let members = cluster?.components.filter { $0.role == "connector" } ?? []
        let rows = accounts.flatMap { account in
            ConnectorRow.rows(of: account, members: members.filter { $0.account == account.name })
        }
        try context.output.list(rows)
    }
}

/// One connector of an account, or the account that has none.
struct ConnectorRow: OutputRow {
    enum Role: String {
        case active
        case standby
        /// Nobody serves the account.
        case none
        /// Nobody may.
        case disabled
    }

    let account: AccountStatus
    let role: Role
    let host: String?

    /// What belongs to the account and not to a standby stands in its first row only.
    static func rows(of account: AccountStatus, members: [Component]) -> [ConnectorRow] {
        let holder = account.leaseIsValid ? account.holder : nil
        let active = members.first { $0.id == holder }
        let first: Role = holder != nil ? .active : account.enabled ? .none : .disabled
        let standbys = members.filter { $0.id != holder }.sorted { $0.started < $1.started }
        return [
            ConnectorRow(account: account, role: first, host: active?.address ?? (holder == nil ? nil : account.host))
        ]
            + standbys.map { ConnectorRow(account: account, role: .standby, host: $0.address) }
    }

    private var isFirst: Bool { role != .standby }
    private var queue: Int? { isFirst ? account.queuedLive + account.queuedBulk : nil }
    private var epoch: Int64? { isFirst ? account.epoch : nil }
    private var lastPollAt: Timestamp? { isFirst ? account.lastPollAt : nil }
    private var pausedUntil: Timestamp? { isFirst ? account.pausedUntil : nil }
    private var problem: String? { isFirst ? account.problem : nil }

    static let columns = [
        OutputColumn<Self>("account") { $0.account.name }, OutputColumn("kind") { $0.account.kind.rawValue },
        OutputColumn("role", colour: { $0.role.colour }) { $0.role.rawValue }, OutputColumn("host") { $0.host ?? "" },
        OutputColumn("epoch", isNumber: true) { $0.epoch.map { "\($0)" } ?? "" },
        OutputColumn("last_poll_at") { $0.lastPollAt?.description ?? "" },
        OutputColumn("queue", isNumber: true) { $0.queue.map { "\($0)" } ?? "" },
        OutputColumn("paused_until", colour: { _ in .yellow }) { $0.pausedUntil?.description ?? "" },
        OutputColumn("problem", colour: { _ in .red }) { $0.problem ?? "" },
    ]

    func write(to writer: inout JSONWriter) {
        writer.objectValue {
            $0.member("account", account.name)
            $0.member("kind", account.kind.rawValue)
            $0.member("role", role.rawValue)
            $0.member("host", host)
            $0.member("epoch", epoch)
            $0.member("last_poll_at", lastPollAt?.description)
            $0.member("queue", queue)
            $0.member("paused_until", pausedUntil?.description)
            $0.member("problem", problem)
        }
    }
}

extension ConnectorRow.Role {
    fileprivate var colour: Style.Colour? {
        switch self {
        case .active: .green
        case .standby: nil
        case .none: .red
        case .disabled: .grey
        }
    }
}

extension Component {
    fileprivate var address: String { port == 0 ? host : "\(host):\(port)" }
}
