import Foundation
import Synchronization

/// A program that we started, and its end.
final class SpawnedProcess: Sendable {
    private struct State {
        var exitStatus: Int32?
        var waiters: [CheckedContinuation<Void, Never>] = []
    }

    private let state = Mutex(State())

    /// - Parameters:
    ///   - input: what it reads; the null device where none is given. Closed here afterwards.
    ///   - log: where its output is appended to.
    init(_ command: [String], directory: String, input: FileHandle? = nil, log: String? = nil) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = command
        process.currentDirectoryURL = URL(fileURLWithPath: directory)
        process.standardInput = input ?? FileHandle.nullDevice
        let output = try log.map { try Self.open($0) } ?? FileHandle.nullDevice
        process.standardOutput = output
        process.standardError = output
        process.terminationHandler = { [weak self] process in
            self?.ended(process.terminationStatus)
        }
        try process.run()
        if log != nil { try output.close() }
    }

    private static func open(_ path: String) throws -> FileHandle {
        let descriptor = Foundation.open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw SandboxError("cannot write \(path): \(String(cString: strerror(errno)))") }
        return FileHandle(fileDescriptor: descriptor)
    }

    private func ended(_ status: Int32) {
        let waiters = state.withLock { state in
            state.exitStatus = status
            defer { state.waiters = [] }
            return state.waiters
        }
        for waiter in waiters { waiter.resume() }
    }

    var exitStatus: Int32? { state.withLock { $0.exitStatus } }
    var isRunning: Bool { exitStatus == nil }

    func waitForEnd() async {
        await withCheckedContinuation { continuation in
            let isOver = state.withLock { state in
                if state.exitStatus != nil { return true }
                state.waiters.append(continuation)
                return false
            }
            if isOver { continuation.resume() }
        }
    }
}
