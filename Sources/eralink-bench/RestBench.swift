import Sandbox

/// What the daemons hold when nothing happens.
enum RestBench {
    static func run(_ world: BenchWorld, _ report: BenchReport) async throws {
        for name in ["chat", "connector-\(world.accounts[0].name)"] {
            report.add("memory.\(name)", ProcessUse.residentKiB(try world.daemon(name).pid) / 1024, "MiB", "at rest")
        }
    }
}
