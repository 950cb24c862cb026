import Glibc
import Sandbox

/// The processor time that everybody used for a number of messages: the daemons, the servers, this process (messenger and
/// agents), and how busy that made the machine.
struct Use {
    private let world: BenchWorld
    private let before: [String: Double]
    private let began = ContinuousClock.now

    init(_ world: BenchWorld) {
        self.world = world
        before = Self.now(world)
    }

    private static func now(_ world: BenchWorld) -> [String: Double] {
        var use = [
            "bench": ProcessUse.processorSeconds(getpid()),
            "postgres": world.postgres.processes.reduce(0) { $0 + ProcessUse.processorSeconds($1, reaped: true) },
            "zookeeper": world.zooKeeper.members.compactMap(\.pid).reduce(0) { $0 + ProcessUse.processorSeconds($1) },
        ]
        for daemon in world.installation.all {
            let kind = daemon.name.split(separator: "-").first.map(String.init) ?? daemon.name
            use[kind, default: 0] += ProcessUse.processorSeconds(daemon.pid)
        }
        return use
    }

    /// `processor µs/message: bench 20, chat 26, …, of 230 that the machine had`.
    func since(messages: Int) -> String {
        let seconds = (ContinuousClock.now - began) / .seconds(1)
        let now = Self.now(world)
        func perMessage(_ seconds: Double) -> Int { Int((seconds * 1e6 / Double(messages)).rounded()) }
        let parts = now.keys.sorted().map { "\($0) \(perMessage((now[$0] ?? 0) - (before[$0] ?? 0)))" }
        let processors = Double(sysconf(Int32(_SC_NPROCESSORS_ONLN)))
        return
            "processor µs/message: \(parts.joined(separator: ", ")), of \(perMessage(seconds * processors)) there were"
    }
}
