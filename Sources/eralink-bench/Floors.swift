import Domain
import HTTPFetch
import Sandbox
import ZooKeeper

/// What the machine can do at most in this run: the figures that the others are divided by.
struct Floors: Sendable {
    /// Durable single-row inserts a second with 16 clients.
    var inserts16 = 0.0
    /// Milliseconds of one durable insert with one client.
    var commit = 0.0
    /// Milliseconds of one ZooKeeper set.
    var set = 0.0

    static func measure(_ world: BenchWorld, _ report: BenchReport) async throws -> Floors {
        var floors = Floors()
        try await world.postgres.createDatabase("floor")
        let url = world.postgres.url(database: "floor")
        try await psql(url, "CREATE TABLE floor (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, body text)", world)
        let script = try world.installation.write(
            "INSERT INTO floor (body) VALUES (repeat('x', 300));\n", to: "insert.sql")
        floors.inserts16 = try await pgbench(url, clients: 16, script, world)
        let one = try await pgbench(url, clients: 1, script, world)
        floors.commit = 1000 / one
        report.add("floor.inserts_16_clients", floors.inserts16, "rows/s", "pgbench, durable")
        report.add("floor.inserts_1_client", one, "rows/s", "pgbench, durable")
        floors.set = try await zooKeeperSet(world)
        report.add("floor.zookeeper_set", floors.set, "ms", "mean of one after another")
        try await simulatorAlone(world, report)
        return floors
    }

    private static func psql(_ url: String, _ sql: String, _ world: BenchWorld) async throws {
        _ = try await shell("psql", ["-q", "-c", sql, url], world)
    }

    private static func pgbench(_ url: String, clients: Int, _ script: String, _ world: BenchWorld) async throws
        -> Double
    {
        let output = try await shell(
            "pgbench",
            [
                "-n", "-c", "\(clients)", "-j", "2", "-T", "\(world.plan.floorSeconds)", "-M", "prepared", "-f", script,
                url,
            ], world)
        for line in output.split(separator: "\n") where line.hasPrefix("tps = ") {
            if let value = line.dropFirst(6).split(separator: " ").first.flatMap({ Double($0) }) { return value }
        }
        throw BenchFailure("pgbench said no rate: \(output)")
    }

    private static func shell(_ program: String, _ arguments: [String], _ world: BenchWorld) async throws -> String {
        let output = "\(world.installation.directory)/\(program)-\(Identifier.random()).out"
        let child = try ChildProcess.start(world.postgres.program(program), arguments, output: output, errors: output)
        await child.waitForEnd()
        let text = ProcessLog(path: output).text
        guard child.exitStatus == 0 else { throw BenchFailure("\(program) failed: \(text)") }
        return text
    }

    private static func zooKeeperSet(_ world: BenchWorld) async throws -> Double {
        try await ZooKeeperSession.with(
            ZooKeeperConfiguration(connect: world.zooKeeper.connect), logger: world.logger
        ) { session in
            _ = try await session.create("/floor", "0")
            let count = 300
            let began = ContinuousClock.now
            for number in 0..<count { _ = try await session.set("/floor", "\(number)") }
            return (ContinuousClock.now - began) / .milliseconds(1) / Double(count)
        }
    }

    /// Sends from our own client straight to the simulated messenger.
    private static func simulatorAlone(_ world: BenchWorld, _ report: BenchReport) async throws {
        let fetcher = HTTPFetcher(HTTPFetchConfiguration(name: "floor"))
        let account = world.accounts[0]
        let count = world.plan.outgoing / 2
        let url = "\(world.telegram.baseURL)/bot\(account.bot.token)/sendMessage"
        let began = ContinuousClock.now
        try await withThrowingTaskGroup { group in
            for worker in 0..<32 {
                group.addTask {
                    for number in stride(from: worker, to: count, by: 32) {
                        let chat = account.customers[number % account.customers.count]
                        let response = try await fetcher.fetch(
                            HTTPRequest(
                                .post, url, headers: ["Content-Type": "application/json"],
                                body: .string("{\"chat_id\":\(chat),\"text\":\"floor \(number)\"}"), label: "floor"))
                        guard response.status == 200 else { throw BenchFailure("the simulator said \(response.text)") }
                    }
                }
            }
            try await group.waitForAll()
        }
        let seconds = (ContinuousClock.now - began) / .seconds(1)
        report.add(
            "floor.simulator_sends", Double(count) / seconds, "messages/s", "32 in parallel, client and server here")
        await fetcher.close()
    }
}
