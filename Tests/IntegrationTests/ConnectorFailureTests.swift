import Glibc
import JSON
import Sandbox
import TestSupport
import Testing

extension ProcessTests {
    @Suite("A connector fails")
    struct ConnectorFailure {
        @Test(
            "after kill -9 the standby polls and sends in time; the part in flight alone goes out twice, and shows it")
        func killed() async throws {
            try await World.with(.free()) { world in
                try await world.withDesk { desk in
                    let traffic = try await Traffic.open(world, desk, customers: 4)
                    try await traffic.run(rounds: 0..<3)
                    try await traffic.settle()
                    let active = try await world.activeConnector()
                    let taken = try await leaveInFlight(traffic, traffic.chats[0], isTaken: true)
                    let untaken = try await leaveInFlight(traffic, traffic.chats[1], isTaken: false)
                    async let more: Void = traffic.run(rounds: 3..<10, every: .milliseconds(300))
                    try await Task.sleep(for: .milliseconds(500))
                    let took = try await world.takeOver(from: active, .kill)
                    print("take-over after kill -9: polling \(took.polling), sending \(took.sending)")
                    #expect(took.polling < .seconds(6))
                    #expect(took.sending < .seconds(6))
                    try await more
                    try await traffic.settle(within: .seconds(90))
                    for text in [taken, untaken] {
                        try await eventually("the attempt in flight is over") {
                            try await world.attempts(of: text).count >= 2 ? true : nil
                        }
                        #expect(try await world.attempts(of: text) == ["lost", "sent"])
                    }
                    try await traffic.expectClean { leg in
                        leg.name.hasSuffix("agent → customer") && leg.lost.isEmpty && leg.disordered.isEmpty
                            && leg.doubled == [taken]
                    }
                }
            }
        }

        /// Sends a text whose answer from Telegram nobody gets.
        private func leaveInFlight(_ traffic: Traffic, _ chat: Traffic.Chat, isTaken: Bool) async throws -> String {
            let world = traffic.world
            let calls = try world.telegram.statistics().sends
            world.telegram.add(
                SimulatedFault(.hang, method: "sendMessage", chat: chat.customer, isTaken: isTaken))
            let text = "\(Traffic.mark): это сообщение \(isTaken ? "повиснет" : "потеряется")"
            try await traffic.desk.send(text, to: chat.interaction)
            try await eventually("it is on its way") { try world.telegram.statistics().sends > calls ? true : nil }
            return text
        }

        @Test("on SIGTERM the account is handed over within two seconds, and nothing goes out twice")
        func terminated() async throws {
            try await World.with(.free()) { world in
                try await world.withDesk { desk in
                    let traffic = try await Traffic.open(world, desk, customers: 3)
                    async let more: Void = traffic.run(rounds: 0..<20, every: .milliseconds(150))
                    try await Task.sleep(for: .seconds(1))
                    let active = try await world.activeConnector()
                    let took = try await world.takeOver(from: active, .terminate)
                    print("hand-over after SIGTERM: polling \(took.polling), sending \(took.sending)")
                    #expect(took.polling < .seconds(2))
                    try await more
                    try await traffic.settle()
                    try await traffic.expectClean()
                    try await eventually("it has ended") { active.isRunning ? nil : true }
                    #expect(active.exitStatus == 0)
                }
            }
        }

        @Test("one that hangs and comes back does not disturb the one that took over")
        func paused() async throws {
            try await World.with(.free()) { world in
                try await world.withDesk { desk in
                    let traffic = try await Traffic.open(world, desk, customers: 2)
                    try await traffic.run(rounds: 0..<3)
                    try await traffic.settle()
                    let active = try await world.activeConnector()
                    active.signal(SIGSTOP)
                    try await traffic.run(rounds: 3..<6)
                    try await traffic.settle()
                    active.signal(SIGCONT)
                    try await traffic.run(rounds: 6..<12, every: .milliseconds(200))
                    try await traffic.settle()
                    // Telegram still held the hanging one's poll when the other began.
                    try await traffic.expectClean(allowing: [.conflict])
                    #expect(try await world.activeConnector().name != active.name)
                }
            }
        }
    }
}

extension World {
    /// How long it took until another one polled, and until a text that was sent meanwhile reached its customer.
    func takeOver(from active: DaemonProcess, _ signal: EndingSignal) async throws -> (
        polling: Duration, sending: Duration
    ) {
        let pollsBefore = try telegram.statistics().calls["getupdates"] ?? 0
        let sentBefore = try telegram.statistics().sent
        let began = ContinuousClock.now
        active.signal(signal.rawValue)
        try await telegram.wait(for: .notPolling, seconds: 10)
        try await telegram.wait(for: .called(method: "getUpdates", count: pollsBefore + 1), seconds: 20)
        let polling = ContinuousClock.now - began
        try await telegram.wait(for: .sentInAll(count: sentBefore + 3), seconds: 20)
        return (polling, ContinuousClock.now - began)
    }

    enum EndingSignal: CInt {
        case kill = 9
        case terminate = 15
    }
}
