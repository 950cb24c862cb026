import Glibc
import Sandbox

@testable import Commands

/// Programs of the system that tests ask about our files: mandoc, shells. `scripts/setup` installs them.
enum ForeignTool {
    struct Result {
        var status: Int32
        /// Both streams, as they came.
        var output: String
    }

    static func run(
        _ words: [String], in scratch: ScratchDirectory, environment: [String: String] = [:]
    ) async throws -> Result {
        let output = "\(scratch.path)/output"
        unlink(output)
        let variables = ["PATH": "/usr/bin:/bin", "HOME": scratch.path, "TERM": "xterm", "LC_ALL": "C.UTF-8"]
            .merging(environment) { _, new in new }
        let program = "/usr/bin/env"
        let child = try ChildProcess.start(
            program, ["-i"] + variables.map { "\($0.key)=\($0.value)" } + words, output: output)
        await child.waitForEnd(killingAfter: .seconds(60))
        let bytes = FileBytes.read(output, limit: 16 << 20) ?? []
        return Result(status: child.exitStatus ?? -1, output: String(decoding: bytes, as: UTF8.self))
    }
}
