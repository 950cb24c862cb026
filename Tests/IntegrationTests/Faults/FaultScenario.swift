import Sandbox
import Synchronization
import TestSupport

/// One thing that goes wrong under steady load, and what must hold all the same.
struct FaultScenario: Sendable, CustomStringConvertible {
    /// What may go wrong with a text on its last leg, from the agent to the customer.
    enum Doubles: Sendable {
        /// Nothing: each text reaches its customer once.
        case never
        /// A text whose attempt nobody knows the end of goes out again (design.md, rule 4, `auto`).
        case ofLostAttempts
    }

    let name: String
    /// In the short form, which is part of every test run.
    var isShort = false
    /// How often it happens in the long form.
    var times = 3
    /// Within which both directions must flow again, counted from the fault.
    var limit: Duration
    var doubles = Doubles.never
    /// Beside the steady load, texts of several messages go out and messages are changed and deleted.
    var changes = false
    /// What Telegram may have had to refuse meanwhile.
    var violations: Set<SimulatedViolation.Kind> = []
    var options: @Sendable () -> World.Options = { .free(chats: 2) }
    /// Makes it happen once; returns when service is to come back by itself. What it says goes into the report.
    let strike: @Sendable (FaultStage) async throws -> Void
    /// Puts right what was broken, after service has come back.
    var mend: @Sendable (FaultStage) async throws -> Void = { _ in }

    var description: String { name }

    static let all: [FaultScenario] =
        connectors + chatServers + zooKeeper + database + network + messenger + hosts + agents
}

/// Where a scenario plays: the installation, its load, and chance.
final class FaultStage: Sendable {
    let world: World
    let desk: Desk
    let traffic: Traffic
    let random: FaultRandom
    let postgres: ScratchPostgres?
    let standby: ScratchPostgres?
    let zooKeeper: ScratchZooKeeper?
    let notes = FaultNotes()
    let chatPorts = ChatPorts()
    /// Ends what a strike left open.
    let vanished = Leftover()
    private let restored = Mutex<ContinuousClock.Instant?>(nil)

    init(
        world: World, desk: Desk, traffic: Traffic, random: FaultRandom, postgres: ScratchPostgres?,
        zooKeeper: ScratchZooKeeper?
    ) {
        self.world = world
        self.desk = desk
        self.traffic = traffic
        self.random = random
        self.postgres = postgres
        standby = world.options.standby
        self.zooKeeper = zooKeeper
    }

    /// The strike has ended only now, by its own doing: recovery is counted from here.
    func countFromNow() { restored.withLock { $0 = .now } }

    /// From when recovery is counted.
    func began(_ strike: ContinuousClock.Instant) -> ContinuousClock.Instant {
        restored.withLock { moment in
            defer { moment = nil }
            return moment ?? strike
        }
    }
}
