import Sandbox

/// How long the local verbs take.
enum StartUpBench {
    static func run(_ program: String, _ report: BenchReport) async throws {
        var samples: [Duration] = []
        for _ in 0..<30 {
            let began = ContinuousClock.now
            let child = try ChildProcess.start(program, ["version"], output: "/dev/null")
            await child.waitForEnd()
            samples.append(ContinuousClock.now - began)
            guard child.exitStatus == 0 else { throw BenchFailure("eralink version failed") }
        }
        report.add("startup.version_p50", Samples(samples).percentile(0.5), "ms", "seen by who starts it; goal 15")
    }
}
