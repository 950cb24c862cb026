import Foundation
import Synchronization

/// A shell that runs a script once this process closes a pipe, which it does also by dying.
final class Watchdog: Sendable {
    private let process: SpawnedProcess
    /// Our end of the pipe; nobody writes to it. Not inherited by programs that we start, or it would stay open.
    private let writeEnd: Mutex<Int32?>

    /// - Parameter script: reads its standard input until it ends, then tidies up.
    init(script: String, arguments: [String], directory: String) throws {
        var ends: [Int32] = [0, 0]
        guard pipe(&ends) == 0, fcntl(ends[1], F_SETFD, FD_CLOEXEC) == 0 else {
            throw SandboxError("cannot make a pipe: \(String(cString: strerror(errno)))")
        }
        writeEnd = Mutex(ends[1])
        let input = FileHandle(fileDescriptor: ends[0], closeOnDealloc: true)
        do {
            // A session of its own: an interrupt at the terminal must not end it before its work.
            process = try SpawnedProcess(
                ["setsid", "sh", "-c", script, "watchdog"] + arguments, directory: directory, input: input)
        } catch {
            close(ends[1])
            throw error
        }
    }

    deinit { release() }

    private func release() {
        writeEnd.withLock { end in
            if let descriptor = end { close(descriptor) }
            end = nil
        }
    }

    /// Lets the script tidy up and waits until it has.
    func finish() async {
        release()
        await process.waitForEnd()
    }
}
