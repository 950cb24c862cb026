import Glibc
import Sandbox
import TestSupport
import Testing

@Suite("Daemons as processes", .timeLimit(.minutes(3)))
struct ServeTests {
    @Test("a ChatServer says where it listens and ends with 0 on SIGTERM")
    func lifecycle() async throws {
        try await ScratchDirectory.with { scratch in
            try await SharedPostgres.withDatabase(template: .migrated) { database in
                let socket = try DatagramSocket(path: "\(scratch.path)/notify")
                defer { socket.close() }
                let (started, starts) = AsyncStream.makeStream(of: pid_t.self)
                async let run = BuiltCommand.run(
                    ["serve", "chat", "--port", "0"],
                    environment: ["ERALINK_DATABASE_URL": database.url, "NOTIFY_SOCKET": "\(scratch.path)/notify"],
                    onStart: { starts.yield($0) })
                let child = try #require(await started.first { _ in true })
                let ready = try await socket.next(beginning: "READY=1")
                #expect(ready.contains(/STATUS=chat at 127\.0\.0\.1:[1-9][0-9]+/))
                kill(child, SIGTERM)
                _ = try await socket.next(beginning: "STOPPING=1")
                let result = try await run
                #expect(result.status == 0)
                #expect(result.stdout.isEmpty && result.stderr.contains(" ready "))
            }
        }
    }

    @Test("an empty database is refused with what to do: exit 6")
    func emptyDatabase() async throws {
        try await SharedPostgres.withDatabase { database in
            let result = try await BuiltCommand.run(
                ["serve", "chat", "--port", "0"], environment: ["ERALINK_DATABASE_URL": database.url])
            #expect(result.status == 6)
            #expect(result.stderr.hasSuffix("the database has no Eralink schema; run \"eralink db migrate\"\n"))
        }
    }

    @Test("while the database is away it waits, and ends with 0 on SIGTERM")
    func waiting() async throws {
        try await ScratchDirectory.with { scratch in
            let socket = try DatagramSocket(path: "\(scratch.path)/notify")
            defer { socket.close() }
            let (started, starts) = AsyncStream.makeStream(of: pid_t.self)
            let nobody = try FreePorts.take()
            async let run = BuiltCommand.run(
                ["serve", "chat", "--port", "0"],
                environment: [
                    "ERALINK_DATABASE_URL": "postgresql://x@127.0.0.1:\(nobody)/x",
                    "NOTIFY_SOCKET": "\(scratch.path)/notify",
                ], onStart: { starts.yield($0) })
            let child = try #require(await started.first { _ in true })
            #expect(try await socket.next(beginning: "STATUS=") == "STATUS=waiting for the database")
            kill(child, SIGTERM)
            let result = try await run
            #expect(result.status == 0)
        }
    }
}
