import AgentClient
import Domain
import JSON
import Sandbox

/// One message at a time, each way: from the customer's writing to the agent's event, from the agent's request to the
/// messenger's having it. The next one begins when nothing of the one before is left to do.
enum LatencyBench {
    static func run(_ world: BenchWorld, _ floors: Floors, _ report: BenchReport) async throws {
        let agent = try await world.agent()
        // The simulated messenger's own delay is none of ours.
        world.telegram.gather(for: .zero)
        defer { world.telegram.gather(for: .milliseconds(2)) }
        let account = world.accounts[0]
        let customer = account.customers[0]
        var events = agent.events.makeAsyncIterator()
        var incoming: [Duration] = []
        var interaction = ""
        for number in 0..<world.plan.latencySamples {
            let began = ContinuousClock.now
            try world.telegram.write("latency \(number)", from: customer, bot: account.bot.id)
            while let event = try await events.next() {
                guard event.type == "message.created" else { continue }
                interaction = event.interaction ?? ""
                break
            }
            incoming.append(ContinuousClock.now - began)
        }
        let before = try world.telegram.statistics(bot: account.bot.id).sent
        var outgoing: [Duration] = []
        for number in 0..<world.plan.latencySamples {
            let began = ContinuousClock.now
            _ = try await agent.request(
                "message.send",
                .object([
                    JSONMember("interaction", .string(interaction)), JSONMember("msg_id", .string("latency-\(number)")),
                    JSONMember("kind", .string("text")),
                    JSONMember("text", .object([JSONMember("text", .string("answer \(number)"))])),
                ]))
            try await world.telegram.wait(for: .sentInAll(count: before + number + 1), bot: account.bot.id)
            outgoing.append(ContinuousClock.now - began)
            while let event = try await events.next() {
                if event.type == "message.status", event.data["state"]?.string == "sent" { break }
            }
        }
        await agent.close()
        let floor = 2 * floors.commit + floors.set
        for (way, samples) in [("incoming", Samples(incoming)), ("outgoing", Samples(outgoing))] {
            let p50 = samples.percentile(0.5)
            report.add("latency.\(way)_p50", p50, "ms")
            report.add("latency.\(way)_p99", samples.percentile(0.99), "ms")
            report.add("latency.\(way)_p50_ratio", p50 / floor, "×", "of two commits and a set; goal 2")
            report.add("latency.\(way)_p99_ratio", samples.percentile(0.99) / p50, "×", "of p50; goal 4")
        }
    }
}
