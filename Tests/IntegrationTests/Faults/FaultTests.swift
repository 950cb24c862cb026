import FoundationEssentials
import Sandbox
import TestSupport
import Testing

/// What of the faults is to be played.
enum FaultRun {
    /// `ERALINK_FAULTS=long`: all of them, several times each.
    static let isLong = ProcessInfo.processInfo.environment["ERALINK_FAULTS"] == "long"
    /// `ERALINK_FAULTS_ONLY`: those with this in their name.
    static let only = ProcessInfo.processInfo.environment["ERALINK_FAULTS_ONLY"]
}

extension ProcessTests {
    /// Rules 1 to 7 of the design under fire. `make test-faults` plays all of it, several times each; every test run the short form.
    @Suite("Faults under steady load", .timeLimit(.minutes(20)))
    struct Faults {
        static var scenarios: [FaultScenario] {
            if let only = FaultRun.only { return FaultScenario.all.filter { $0.name.contains(only) } }
            return FaultScenario.all.filter { FaultRun.isLong || $0.isShort }
        }

        @Test("nothing is lost, nothing is out of order, service is back in time", arguments: scenarios)
        func play(_ scenario: FaultScenario) async throws {
            let random = FaultRandom.make()
            print("fault: \(scenario.name), seed \(random.seed)")
            let needs = scenario.options()
            if needs.needsOwnPostgres {
                try await ScratchPostgres.withServer(needs.postgresOptions) { postgres in
                    var options = needs
                    if needs.needsStandby { options.standby = try await postgres.startStandby() }
                    do {
                        try await withZooKeeper(scenario, options, random, postgres)
                        await options.standby?.remove()
                    } catch {
                        await options.standby?.remove()
                        throw error
                    }
                }
            } else {
                try await withZooKeeper(scenario, needs, random, nil)
            }
        }

        private func withZooKeeper(
            _ scenario: FaultScenario, _ options: World.Options, _ random: FaultRandom, _ postgres: ScratchPostgres?
        ) async throws {
            var options = options
            options.ownPostgres = postgres
            guard options.zooKeeperMembers > 0 else { return try await play(scenario, options, random, postgres, nil) }
            try await TestZooKeeper.withServer(members: options.zooKeeperMembers) { [options] zooKeeper in
                var options = options
                options.ownZooKeeper = zooKeeper
                try await play(scenario, options, random, postgres, zooKeeper)
            }
        }

        private func play(
            _ scenario: FaultScenario, _ options: World.Options, _ random: FaultRandom, _ postgres: ScratchPostgres?,
            _ zooKeeper: ScratchZooKeeper?
        ) async throws {
            let times = FaultRun.isLong ? scenario.times : 1
            try await World.with(options) { world in
                try await world.withDesk { desk in
                    let traffic = try await Traffic.open(world, desk, customers: 5)
                    let stage = FaultStage(
                        world: world, desk: desk, traffic: traffic, random: random, postgres: postgres,
                        zooKeeper: zooKeeper)
                    let revisions = scenario.changes ? try await Revisions.open(world, desk) : nil
                    var row = FaultRow(name: scenario.name, seed: random.seed, times: times, limit: scenario.limit)
                    try await SteadyLoad(traffic: traffic, revisions: revisions, pause: .milliseconds(150)).around {
                        for _ in 0..<times {
                            try await random.wait()
                            let began = ContinuousClock.now
                            try await scenario.strike(stage)
                            row.took(try await stage.recovery(since: stage.began(began), probe: traffic.chats[0]))
                            try await scenario.mend(stage)
                            try await random.wait(200...500)
                        }
                    }
                    try await traffic.settle(within: .seconds(100))
                    let legs = try await traffic.legs()
                    row.count(legs)
                    if let revisions {
                        let outcome = try await revisions.settle(within: .seconds(100))
                        row.count(outcome)
                        stage.notes.add(await revisions.summary)
                        try await world.expectDone(outcome)
                    }
                    row.texts = try await traffic.put()
                    row.notes = stage.notes.all
                    try row.publish()
                    #expect(row.incoming <= scenario.limit, "incoming texts came late")
                    #expect(row.outgoing <= scenario.limit, "outgoing texts came late")
                    try await traffic.expectClean(allowing: scenario.violations) { leg in
                        scenario.doubles == .ofLostAttempts && leg.name.hasSuffix("agent → customer")
                            && leg.lost.isEmpty && leg.disordered.isEmpty && leg.strange.isEmpty
                    }
                    for leg in legs where leg.name.hasSuffix("agent → customer") {
                        for text in leg.doubled {
                            let attempts = try await world.attempts(of: text)
                            #expect(
                                attempts.contains("lost") || attempts.contains("ambiguous"),
                                "a text went out twice without an attempt whose end nobody knows")
                        }
                    }
                }
            }
        }
    }
}

extension World {
    /// Every change has come to its end, and what is doubled is so by an attempt whose end nobody knows.
    func expectDone(_ outcome: Revisions.Outcome) async throws {
        for undone in outcome.undone { Issue.record("not done: \(undone)") }
        for leg in outcome.legs
        where !leg.lost.isEmpty || !leg.disordered.isEmpty || !leg.strange.isEmpty { Issue.record("\(leg)") }
        for message in outcome.doubled where try await !isUncertain(message) {
            Issue.record("message \(message) went out twice without an attempt whose end nobody knows")
        }
    }
}

extension Traffic {
    /// How many texts were put in, both ways.
    func put() async throws -> Int {
        var count = written.values.reduce(0) { $0 + $1.count }
        for chat in chats { count += await desk.accepted[chat.interaction]?.count ?? 0 }
        return count
    }
}
