import Sandbox

/// How long the local verbs take.
enum StartUpBench {
    static func run(_ program: String, _ report: BenchReport) async throws {
        for verb in ["version", "--help"] {
            var samples: [Duration] = []
            for _ in 0..<30 {
                let began = ContinuousClock.now
                let child = try ChildProcess.start(program, [verb], output: "/dev/null")
                await child.waitForEnd()
                samples.append(ContinuousClock.now - began)
                guard child.exitStatus == 0 else { throw BenchFailure("eralink \(verb) failed") }
            }
            let name = verb.drop { $0 == "-" }
            report.add("startup.\(name)_p50", Samples(samples).percentile(0.5), "ms", "seen by who starts it; goal 15")
        }
    }
}
