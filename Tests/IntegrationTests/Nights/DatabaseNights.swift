import Glibc
import JSON
import Postgres
import Sandbox
import Store
import TestSupport
import Testing

extension ProcessTests {
    @Suite("Nights: the database")
    struct DatabaseNights {
        @Test(
            "down, also for a daemon that starts meanwhile: it listens, says what it waits for, and serves when it is back"
        )
        func down() async throws {
            try await ScratchPostgres.withServer { postgres in
                var options = World.Options.free()
                options.ownPostgres = postgres
                try await World.with(options) { world in
                    let night = Night("database-down", world)
                    await postgres.stop()
                    try await night.screen(
                        "doctor --bad", status: 1,
                        shows: ["database: 127.0.0.1:", "refused", "→ start PostgreSQL there", "database is down"])
                    try await night.screen(
                        "connector status", status: 6, shows: ["the database cannot be reached", "refused"])
                    let late = try world.startChat(2)
                    let listening = try await late.logged("listening")
                    let port = try #require(listening["port"]?.string.flatMap { Int($0) })
                    #expect(await night.readiness(port: port) == 503)
                    try await postgres.start()
                    #expect(try await late.ready() == port)
                    #expect(await night.readiness(port: port) == 200)
                    try await night.screen("connector status", status: 0, shows: ["active", "standby"])
                }
            }
        }

        @Test(
            "its disk is full: nothing is lost, and all goes on when there is room", .enabled(if: SmallDisk.isPossible))
        func diskFull() async throws {
            try await SmallDisk.with(megabytes: 96) { disk in
                try await ScratchPostgres.withServer { postgres in
                    try await disk.become(of: postgres)
                    var options = World.Options.free()
                    options.ownPostgres = postgres
                    try await World.with(options) { world in
                        let night = Night("disk-full", world)
                        try await world.withDesk { desk in
                            let customer = world.telegram.createCustomer(firstName: "Ольга").id
                            try disk.fill()
                            let texts = (1...60).map { "\($0) " + String(repeating: "ж", count: 3000) }
                            for text in texts { try world.telegram.write(text, from: customer) }
                            try await night.screen(
                                "doctor --bad", status: 1,
                                shows: ["writes: ", "No space left on device", "→ free space on the disk"])
                            try disk.empty()
                            let chat = try await desk.accept(chatOf: customer)
                            let all: [String] = try await eventually("all texts have come") {
                                let history = try await desk.history("in", of: chat)
                                return history.count >= texts.count ? history : nil
                            }
                            #expect(all == texts)
                        }
                    }
                }
            }
        }

        @Test("its schema is too old")
        func schemaTooOld() async throws {
            try await World.with(.free()) { world in
                let night = Night("schema-too-old", world)
                let latest: Int32 = try await world.store.pool.query("SELECT max(number) FROM schema_migration")[0]
                    .value(at: 0)
                _ = try await world.store.pool.query("UPDATE schema_migration SET number = 0 WHERE number = \(latest)")
                try await night.screen(
                    "doctor --bad", status: 1,
                    shows: ["schema: the database has", "older than the", "→ run \"eralink db migrate\""])
                try await night.screen(
                    "serve chat --port 0", settings: ["log.level": "error"], status: 6,
                    shows: ["older than the \(latest)", "run \"eralink db migrate\""])
                _ = try await world.store.pool.query("UPDATE schema_migration SET number = \(latest) WHERE number = 0")
            }
        }
    }
}

/// A file system of a few megabytes, which only root can make.
private struct SmallDisk: Sendable {
    let path: String

    static var isPossible: Bool {
        // Tried, since root in a container may not.
        let path = "/tmp/eralink-disk-probe-\(getpid())"
        mkdir(path, 0o700)
        defer { rmdir(path) }
        guard mount("tmpfs", path, "tmpfs", 0, "size=1m") == 0 else { return false }
        return umount(path) == 0
    }

    static func with(megabytes: Int, _ body: (SmallDisk) async throws -> Void) async throws {
        let path = "/tmp/eralink-disk-\(UInt32.random(in: .min ... .max))"
        mkdir(path, 0o755)
        try await run("mount", ["-t", "tmpfs", "-o", "size=\(megabytes)m", "tmpfs", path])
        do {
            try await body(SmallDisk(path: path))
        } catch {
            try? await tidy(path)
            throw error
        }
        try await tidy(path)
    }

    private static func tidy(_ path: String) async throws {
        try await run("umount", [path])
        rmdir(path)
    }

    private static func run(_ program: String, _ arguments: [String]) async throws {
        let child = try ChildProcess.start(program, arguments)
        await child.waitForEnd()
        guard child.exitStatus == 0 else { throw SandboxError("\(program) ended with \(child.exitStatus ?? -1)") }
    }

    /// Databases that are made from now on stand on it.
    func become(of postgres: ScratchPostgres) async throws {
        mkdir(path + "/data", 0o700)
        try await Self.run("chown", ["postgres:", path + "/data"])
        try await PostgresPool.withPool(try PostgresConfiguration(url: postgres.url()), log: .silent) { pool in
            let place = path + "/data"
            _ = try await pool.query(PostgresQuery(unescaped: "CREATE TABLESPACE small LOCATION '\(place)'"))
            _ = try await pool.query("ALTER DATABASE template1 SET TABLESPACE small", deadline: .after(.seconds(60)))
        }
    }

    func fill() throws {
        let file = open(path + "/filler", O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw SandboxError("cannot fill \(path)") }
        defer { close(file) }
        let block = [UInt8](repeating: 0x20, count: 65_536)
        while write(file, block, block.count) > 0 {}
    }

    func empty() throws {
        guard unlink(path + "/filler") == 0 else { throw SandboxError("cannot empty \(path)") }
    }
}
