import FoundationEssentials
import Glibc
import Sandbox

/// Benchmarks of the built `eralink`, side by side with their floors in the same run: `make bench`.
///
/// Prints a JSON line a figure on standard output and a table on standard error. Everything shares this machine: PostgreSQL,
/// ZooKeeper, the simulated messenger, the daemons and the agents.
@main
struct EralinkBench {
    static func main() async {
        let arguments = CommandLine.arguments.dropFirst()
        var plan = BenchPlan(isQuick: arguments.contains("--quick"))
        let only = arguments.first { $0.hasPrefix("--only=") }?.dropFirst(7).split(separator: ",").map(String.init)
        // For profiling: longer rounds.
        let times = arguments.first { $0.hasPrefix("--times=") }.flatMap { Int($0.dropFirst(8)) } ?? 1
        plan.incoming *= times
        plan.outgoing *= times
        plan.statements = arguments.contains("--statements")
        @Sendable func wants(_ part: String) -> Bool { only?.contains(part) ?? true }
        guard let program = arguments.first(where: { !$0.hasPrefix("-") }) else {
            complain(
                "usage: eralink-bench [--quick] [--only=PART,…] [--times=N] [--statements] "
                    + "[--rows=FILE] PATH_OF_ERALINK\n"
                    + "parts: rest latency incoming outgoing loaded growth rates files webhooks sessions period; soak (with incoming,outgoing) [--minutes=20]"
            )
            exit(2)
        }
        let rows = arguments.first { $0.hasPrefix("--rows=") }.map { String($0.dropFirst(7)) }
        let report = BenchReport()
        do {
            try await StartUpBench.run(program, report)
            try await BenchWorld.with(program: program, plan: plan) { world in
                let floors = try await Floors.measure(world, report)
                try await world.install()
                var (incoming, outgoing) = (0.0, 0.0)
                if wants("rest") { try await RestBench.run(world, report) }
                if wants("latency") {
                    try await Statements.measured("latency", world) {
                        try await LatencyBench.run(world, floors, report)
                    }
                }
                if wants("incoming") {
                    incoming = try await Statements.measured("incoming", world) {
                        try await IncomingBench.run(world, floors, report)
                    }
                }
                if wants("outgoing") {
                    outgoing = try await Statements.measured("outgoing", world) {
                        try await OutgoingBench.run(world, floors, report)
                    }
                }
                if wants("loaded"), incoming > 0, outgoing > 0 {
                    try await LoadedLatencyBench.run(world, incoming: incoming, outgoing: outgoing, report)
                }
                // Only where it is asked for: it takes its time.
                if let only, only.contains("soak") {
                    let minutes = arguments.first { $0.hasPrefix("--minutes=") }.flatMap { Int($0.dropFirst(10)) } ?? 20
                    // Each way at a sixth of its most, so both together load the machine by a third.
                    try await SoakBench.run(
                        world, minutes: minutes, incoming: incoming / 6, outgoing: outgoing / 6, report)
                }
                if wants("growth") { try await IncomingBench.runGrowth(world, report) }
                if wants("rates") {
                    try await Statements.measured("rates", world) { try await RateBench.run(world, report) }
                }
                if wants("files") { try await FilesBench.run(world, report) }
                if wants("webhooks") { try await WebhookBench.run(world, floors, report) }
                if wants("sessions") { try await SessionBench.run(world, report) }
                if wants("period") { try await PeriodBench.run(world, report) }
            }
            report.printTable()
            if let rows { try Data(report.rows.utf8).write(to: URL(filePath: rows)) }
        } catch {
            report.printTable()
            complain("the benchmark broke off: \(error)")
            exit(1)
        }
    }

    static func complain(_ text: String) { ErrorOutput.line("eralink-bench: \(text)") }
}

/// How much is measured.
struct BenchPlan: Sendable {
    var accounts = 4
    var customersPerAccount = 200
    var incoming = 20_000
    var outgoing = 10_000
    var latencySamples = 300
    var loadedSeconds = 5.0
    var rateSeconds = 10
    var bulkRows = 100_000
    var sessions = 10_000
    var periodSizes = [1_000_000, 10_000_000]
    var periodSamples = 300
    var floorSeconds = 5
    var fileBytes = 200_000_000
    var webhooks = 5000
    /// Also say what each SQL statement took.
    var statements = false

    init(isQuick: Bool) {
        guard isQuick else { return }
        customersPerAccount = 50
        incoming = 4000
        outgoing = 2000
        latencySamples = 100
        loadedSeconds = 2
        rateSeconds = 4
        bulkRows = 20_000
        sessions = 500
        periodSizes = [20_000, 200_000]
        periodSamples = 100
        floorSeconds = 2
        fileBytes = 50_000_000
        webhooks = 1000
    }
}
