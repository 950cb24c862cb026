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
        let plan = BenchPlan(isQuick: arguments.contains("--quick"))
        guard let program = arguments.first(where: { !$0.hasPrefix("-") }) else {
            complain("usage: eralink-bench [--quick] PATH_OF_ERALINK")
            exit(2)
        }
        let report = BenchReport()
        do {
            try await StartUpBench.run(program, report)
            try await BenchWorld.with(program: program, plan: plan) { world in
                let floors = try await Floors.measure(world, report)
                try await world.install()
                try await RestBench.run(world, report)
                try await LatencyBench.run(world, floors, report)
                try await IncomingBench.run(world, floors, report)
                try await OutgoingBench.run(world, floors, report)
                try await SessionBench.run(world, report)
            }
            report.printTable()
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
    var sessions = 2000
    var floorSeconds = 5

    init(isQuick: Bool) {
        guard isQuick else { return }
        customersPerAccount = 50
        incoming = 4000
        outgoing = 2000
        latencySamples = 100
        sessions = 500
        floorSeconds = 2
    }
}
