import Glibc
import Sandbox
import Testing

@Suite("Scratch directories and the processes in them", .timeLimit(.minutes(2)))
struct ScratchTests {
    @Test("at the end, what is still watched is killed and the directory is gone")
    func finish() async throws {
        let watchdog = try ScratchWatchdog(name: "test")
        #expect(access(watchdog.directory, W_OK) == 0)
        let watched = try ChildProcess.start("sleep", ["600"])
        let forgotten = try ChildProcess.start("sleep", ["600"])
        watchdog.watch(watched.pid)
        watchdog.watch(forgotten.pid)
        watchdog.forget(forgotten.pid)
        await watchdog.finish()
        await watched.end(with: 0, grace: .seconds(20))
        #expect(access(watchdog.directory, F_OK) != 0)
        #expect(forgotten.isRunning)
        await forgotten.end()
        #expect(!forgotten.isRunning)
    }

    @Test("nobody needs to finish it: it is enough that the process lets go, as the kernel does for one that crashed")
    func letGo() async throws {
        var watchdog: ScratchWatchdog? = try ScratchWatchdog(name: "test")
        let directory = try #require(watchdog?.directory)
        let child = try ChildProcess.start("sleep", ["600"])
        watchdog?.watch(child.pid)
        watchdog = nil
        let deadline = ContinuousClock.now + .seconds(30)
        while child.isRunning || access(directory, F_OK) == 0 {
            try #require(ContinuousClock.now < deadline)
            try await Task.sleep(for: .milliseconds(20))
        }
    }

    @Test("what works in the directory is killed although nobody named it, as where we died starting it")
    func unnamed() async throws {
        let watchdog = try ScratchWatchdog(name: "test")
        // Until it says so, its directory is still ours.
        let child = try ChildProcess.start(
            "/bin/sh", ["-c", "echo > here; exec sleep 600"], directory: watchdog.directory)
        let deadline = ContinuousClock.now + .seconds(30)
        while access(watchdog.directory + "/here", F_OK) != 0 {
            try #require(ContinuousClock.now < deadline)
            try await Task.sleep(for: .milliseconds(5))
        }
        await watchdog.finish()
        #expect(access(watchdog.directory, F_OK) != 0)
        await child.end(with: SIGTERM)
        #expect(child.exitStatus == -SIGKILL, "the watchdog's signal came first")
    }

    @Test("a child that is to end by itself gets its signal, also where it was stopped")
    func ownSignal() async throws {
        let watchdog = try ScratchWatchdog(name: "test")
        let child = try ChildProcess.start("sleep", ["600"])
        child.signal(SIGSTOP)
        watchdog.watch(child.pid, endingBy: SIGQUIT)
        await watchdog.finish()
        await child.waitForEnd()
        #expect(child.exitStatus == -SIGQUIT)
    }

    @Test("a child's end wakes all who wait for it, also those whose task was cancelled")
    func waiting() async throws {
        let child = try ChildProcess.start("sleep", ["600"])
        try await confirmation(expectedCount: 3) { woken in
            try await withThrowingTaskGroup { group in
                for _ in 0..<3 {
                    group.addTask {
                        await child.waitForEnd()
                        #expect(child.exitStatus == -SIGTERM)
                        woken()
                    }
                }
                group.cancelAll()
                try await Task.sleep(for: .milliseconds(50))
                #expect(child.isRunning)
                child.signal(SIGTERM)
            }
        }
        await child.waitForEnd()
    }

    @Test("a child that does not listen is killed when its time is over")
    func deaf() async throws {
        let child = try ChildProcess.start("sleep", ["600"])
        await child.end(with: SIGCONT, grace: .milliseconds(100))
        #expect(child.exitStatus == -SIGKILL)
    }

    @Test("a PostgreSQL that hangs ends with all its processes, and its directory goes, when we let go of it")
    func postgres() async throws {
        var server: ScratchPostgres? = try await ScratchPostgres.start()
        let directory = try #require(server?.directory)
        let processes = try #require(server?.processes)
        #expect(processes.count > 1)
        await server?.pause()
        server = nil
        let deadline = ContinuousClock.now + .seconds(60)
        while access(directory, F_OK) == 0 || processes.contains(where: ProcessTable.isAlive) {
            try #require(ContinuousClock.now < deadline)
            try await Task.sleep(for: .milliseconds(20))
        }
    }

    @Test("a child has none of our descriptors, our environment, and says why it cannot start")
    func child() async throws {
        let watchdog = try ScratchWatchdog(name: "test")
        let log = "\(watchdog.directory)/log"
        let child = try ChildProcess.start(
            "/bin/sh", ["-c", "ls /proc/$$/fd | wc -l; [ -n \"$PATH\" ] && echo path"], output: log)
        await child.end(with: 0)
        let file = try #require(fopen(log, "re"))
        var bytes = [UInt8](repeating: 0, count: 100)
        let count = fread(&bytes, 1, 100, file)
        fclose(file)
        let lines = String(decoding: bytes[..<count], as: UTF8.self).split(separator: "\n")
        #expect(Int(lines.first ?? "") ?? 100 <= 4)
        #expect(lines.last == "path")
        #expect(throws: ChildProcess.Failure.self) { try ChildProcess.start("/no/such/program", []) }
        await watchdog.finish()
    }

    @Test("ports are free and not the same")
    func ports() throws {
        let ports = try FreePorts.take(20)
        #expect(Set(ports).count == 20)
    }

    @Test("a server that hangs can be stopped, and leaves nothing")
    func hanging() async throws {
        let zooKeeper = try await ScratchZooKeeper.start(durable: false)
        let pid = try #require(zooKeeper.members[0].pid)
        #expect(await zooKeeper.members[0].mode() == "standalone")
        await zooKeeper.members[0].pause()
        #expect(await zooKeeper.members[0].mode() == nil)
        await zooKeeper.stop()
        #expect(kill(pid, 0) != 0)
    }
}
