import ArgumentParser
import Coordination
import Domain
import JSON
import Terminal

struct ZooKeeperStatus: ContextCommand {
    static let configuration = CommandConfiguration(
        commandName: "status", abstract: "Print how the ensemble is, who is registered, and what is amiss.",
        discussion: """
            Changes nothing. Where database.url is set, the leases and signals are compared with the database, which decides. \
            Answers within seconds, whatever is up; without a quorum the status is 6, after everything that is known was printed.
            """)

    static let examples = [
        CommandExample("eralink zk status", "ensemble, components, leases, signals, findings"),
        CommandExample("eralink zk status -o json | jq '.findings'", "what is amiss, for programs"),
        CommandExample("eralink zk status -o csv", "the ensemble's members, for a spreadsheet"),
    ]

    @OptionGroup var shared: SharedOptions

    func run(_ context: CommandContext) async throws {
        guard let report = try await context.comparedClusterReport() else {
            throw CommandFailure.usage(
                "zookeeper.connect is not set; set it, or ERALINK_ZOOKEEPER_CONNECT, to host:2181/eralink",
                details: [.init("setting", "zookeeper.connect")])
        }
        let output = context.output
        switch output.form {
        case .json, .jsonl: try output.object(ReportRow(report: report))
        case .csv: try output.list(report.members.map(MemberRow.init))
        case .table where output.quiet: try output.object(ReportRow(report: report))
        case .table: try print(report, now: context.now(), output)
        }
        guard report.quorum else {
            throw EralinkError(
                .unavailable, "zookeeper has no quorum; start its servers, or look at the findings above")
        }
    }

    private func print(_ report: ClusterReport, now: Timestamp, _ output: Output) throws {
        try output.section("ensemble: \(report.quorum ? "quorum" : "no quorum")", report.members.map(MemberRow.init))
        try output.section("sessions", report.sessions.map(SessionRow.init))
        try output.section("components", report.components.map(ComponentRow.init))
        try output.section("leases", report.leases.map(CandidatesRow.init))
        try output.section("signals", report.signals.map { SignalRow(signal: $0, now: now) })
        try output.section(
            "tree below \(report.chroot.isEmpty ? "/" : report.chroot)", report.branches.map(BranchRow.init))
        try output.text(output.style.bold("findings") + "\n")
        if report.findings.isEmpty { try output.text("none\n") }
        for finding in report.findings {
            try output.finding(
                finding.level.rawValue, finding.level == .error ? .red : .yellow, finding.text, remedy: finding.remedy)
        }
    }
}

extension Output {
    /// A titled table among others; nothing where it would be empty.
    fileprivate func section<Row: OutputRow>(_ title: String, _ rows: [Row]) throws {
        guard !rows.isEmpty else { return }
        try text("\(style.bold(title))\n")
        try list(rows)
        try text("\n")
    }
}

private struct ReportRow: OutputRow {
    let report: ClusterReport

    static let columns = [OutputColumn<Self>("quorum") { $0.report.quorum ? "yes" : "no" }]

    func write(to writer: inout JSONWriter) { report.write(to: &writer) }
}

private struct MemberRow: OutputRow {
    let member: ClusterReport.Member

    static let columns = [
        OutputColumn<Self>("address") { $0.member.address },
        OutputColumn("mode", colour: { $0.member.mode == nil ? .red : .green }) { $0.member.mode ?? "down" },
        OutputColumn("version") { $0.member.version ?? "" },
        OutputColumn("latency_ms", isNumber: true) { $0.member.latency.map { "\($0)" } ?? "" },
        OutputColumn("outstanding", isNumber: true) { $0.member.outstanding.map { "\($0)" } ?? "" },
        OutputColumn("error", colour: { _ in .red }) { $0.member.error ?? "" },
    ]

    func write(to writer: inout JSONWriter) { member.write(to: &writer) }
}

private struct ComponentRow: OutputRow {
    let component: Component

    static let columns = [
        OutputColumn<Self>("role") { $0.component.role }, OutputColumn("account") { $0.component.account ?? "" },
        OutputColumn("id") { $0.component.id },
        OutputColumn("address") { "\($0.component.host):\($0.component.port)" },
        OutputColumn("version") { $0.component.version },
        OutputColumn("started") { $0.component.started.description },
    ]

    func write(to writer: inout JSONWriter) { component.write(to: &writer) }
}

private struct CandidatesRow: OutputRow {
    let lease: ClusterReport.Lease

    static let columns = [
        OutputColumn<Self>("account") { $0.lease.account },
        OutputColumn("holder", colour: { $0.lease.row?.holder == nil ? .red : .green }) {
            $0.lease.row.map { $0.holder ?? ($0.enabled ? "nobody" : "disabled") } ?? ""
        },
        OutputColumn("epoch", isNumber: true) { $0.lease.row.map { "\($0.epoch)" } ?? "" },
        OutputColumn("candidates") { $0.lease.candidates.joined(separator: " ") },
    ]

    func write(to writer: inout JSONWriter) { lease.write(to: &writer) }
}

private struct SignalRow: OutputRow {
    let signal: ClusterReport.Signal
    let now: Timestamp

    private var age: String {
        let seconds = max(0, (now.milliseconds - signal.changedAt) / 1000)
        return DurationText.show(.seconds(seconds))
    }

    static let columns = [
        OutputColumn<Self>("name") { $0.signal.name },
        OutputColumn("position", isNumber: true) { "\($0.signal.position)" },
        OutputColumn("rung", isNumber: true) { "\($0.age) ago" },
        OutputColumn("lag", isNumber: true, colour: { ($0.signal.lag?.count ?? 0) > 0 ? .yellow : nil }) {
            $0.signal.lag.map { "\($0.count)" } ?? ""
        },
    ]

    func write(to writer: inout JSONWriter) { signal.write(to: &writer) }
}

private struct SessionRow: OutputRow {
    let session: ClusterReport.Session

    static let columns = [
        OutputColumn<Self>("session") { $0.session.name },
        OutputColumn("stands for") { $0.session.components.joined(separator: ", ") },
        OutputColumn("client") { $0.session.client ?? "" },
        OutputColumn("timeout_ms", isNumber: true) { $0.session.timeout.map { "\($0)" } ?? "" },
        OutputColumn("queued", isNumber: true) { $0.session.queued.map { "\($0)" } ?? "" },
    ]

    func write(to writer: inout JSONWriter) { session.write(to: &writer) }
}

private struct BranchRow: OutputRow {
    let branch: ClusterReport.Branch

    static let columns = [
        OutputColumn<Self>("path") { $0.branch.path },
        OutputColumn("nodes", isNumber: true) { ($0.branch.isCut ? "≥" : "") + "\($0.branch.nodes)" },
        OutputColumn("bytes", isNumber: true) { ($0.branch.isCut ? "≥" : "") + "\($0.branch.bytes)" },
    ]

    func write(to writer: inout JSONWriter) { branch.write(to: &writer) }
}
