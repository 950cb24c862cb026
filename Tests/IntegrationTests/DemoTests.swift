import FoundationEssentials
import Glibc
import JSON
import Sandbox
import TestSupport
import Testing

extension ProcessTests {
    @Suite("The demo")
    struct Demo {
        @Test("plays every flow, ends with status 0 and leaves nothing behind")
        func plays() async throws {
            try await Self.withDirectory { directory in
                let demo = try Self.start(in: directory)
                let status = try await eventually("the demo ends") { demo.exitStatus }
                let steps = try ProcessLog(path: "\(directory)/out").text.split(separator: "\n").map {
                    try JSONValue(parsing: $0)
                }
                #expect(status == 0, "\(ProcessLog(path: "\(directory)/err").text)")
                #expect(Set(steps.compactMap { $0["flow"]?.string }) == ["2.5.1", "2.5.2", "2.5.3", "2.5.4"])
                try await Self.expectNothingLeft(in: directory)
            }
        }

        @Test(
            "leaves nothing behind when it is interrupted or killed", arguments: [SIGINT, SIGTERM, SIGKILL], [1, 5, 9])
        func interrupted(by signal: CInt, afterSteps count: Int) async throws {
            try await Self.withDirectory { directory in
                let demo = try Self.start(in: directory)
                try await eventually("\(count) steps") {
                    let steps = ProcessLog(path: "\(directory)/out").text.split(separator: "\n").count
                    return steps >= count || !demo.isRunning ? true : nil
                }
                demo.signal(signal)
                let status = try await eventually("the demo ends") { demo.exitStatus }
                #expect(status == (signal == SIGINT ? 130 : -signal))
                try await Self.expectNothingLeft(in: directory)
            }
        }

        private static func withDirectory(_ body: (String) async throws -> Void) async throws {
            let directory = FileManager.default.temporaryDirectory.path + "/eralink-demo-" + UUID().uuidString
            try FileManager.default.createDirectory(atPath: directory + "/tmp", withIntermediateDirectories: true)
            // PostgreSQL runs as another user where we are root.
            chmod(directory, 0o755)
            chmod(directory + "/tmp", 0o1777)
            defer { try? FileManager.default.removeItem(atPath: directory) }
            try await body(directory)
        }

        private static func start(in directory: String) throws -> ChildProcess {
            try ChildProcess.start(
                try BuiltProgram.path(), ["sandbox", "demo", "-o", "jsonl"],
                environment: ["PATH=/usr/sbin:/usr/bin:/sbin:/bin", "TMPDIR=\(directory)/tmp"],
                output: "\(directory)/out", errors: "\(directory)/err")
        }

        /// Its directories go with its processes: the watchdogs remove them last.
        private static func expectNothingLeft(in directory: String) async throws {
            let deadline = ContinuousClock.now + .seconds(90)
            while true {
                let left =
                    try FileManager.default.contentsOfDirectory(atPath: "\(directory)/tmp")
                    + processes(naming: directory)
                if left.isEmpty { return }
                guard ContinuousClock.now < deadline else { throw SandboxError("this is left: \(left)") }
                try await Task.sleep(for: .milliseconds(20))
            }
        }

        private static func processes(naming directory: String) -> [String] {
            let all = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
            return all.filter { Int($0) != nil }.compactMap { pid in
                let command = FileManager.default.contents(atPath: "/proc/\(pid)/cmdline") ?? Data()
                let text = command + (FileManager.default.contents(atPath: "/proc/\(pid)/environ") ?? Data())
                guard String(decoding: text, as: UTF8.self).contains(directory) else { return nil }
                return "\(pid) \(String(decoding: command, as: UTF8.self).prefix(300))"
            }
        }
    }
}
