import Glibc
import Synchronization

/// A scratch directory that goes, with the processes that work in it, when this process ends, however it ends.
///
/// A small shell reads a socket whose other end only this process holds. The kernel closes that at the end of this process, by
/// a crash too; the shell then kills what it was told to and removes the directory.
package final class ScratchWatchdog: Sendable {
    package let directory: String
    private let shell: ChildProcess
    private let socket: Mutex<CInt?>

    private static let script = """
        cd /
        pids=
        while read -r verb pid; do
            case $verb in
            watch) pids="$pids $pid" ;;
            forget) kept=; for p in $pids; do [ "$p" = "$pid" ] || kept="$kept $p"; done; pids=$kept ;;
            esac
        done
        for p in $pids; do kill -9 "$p"; done
        tries=0
        for p in $pids; do
            while kill -0 "$p" && [ $tries -lt 50 ]; do tries=$((tries + 1)); sleep 0.1; done
        done
        rm -rf "$1"
        """

    /// Makes the directory, with mode 0700, under TMPDIR or /tmp.
    package init(name: String) throws {
        let parent = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
        var template = Array("\(parent)/eralink-\(name)-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else {
            throw ChildProcess.Failure(
                description: "cannot make a scratch directory in \(parent): \(String(cString: strerror(errno)))")
        }
        directory = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        var ends: [CInt] = [-1, -1]
        guard socketpair(AF_UNIX, CInt(SOCK_STREAM.rawValue) | CInt(SOCK_CLOEXEC.rawValue), 0, &ends) == 0 else {
            rmdir(directory)
            throw ChildProcess.Failure(description: "cannot make a socket pair: \(String(cString: strerror(errno)))")
        }
        defer { close(ends[0]) }
        do {
            shell = try ChildProcess.start(
                "/bin/sh", ["-c", Self.script, "scratch", directory], input: ends[0])
        } catch {
            close(ends[1])
            rmdir(directory)
            throw error
        }
        socket = Mutex(ends[1])
    }

    deinit { closeSocket() }

    /// From now on this process is killed at the end.
    package func watch(_ pid: pid_t) { tell("watch \(pid)\n") }

    /// The process has ended and been reaped: its pid may be somebody else's from now on.
    package func forget(_ pid: pid_t) { tell("forget \(pid)\n") }

    /// Kills what is still watched, removes the directory, and returns when that is done.
    package func finish() async {
        closeSocket()
        await shell.end(with: 0, grace: .seconds(10))
    }

    private func tell(_ line: String) {
        socket.withLock { socket in
            guard let socket else { return }
            var line = line
            line.withUTF8 { _ = send(socket, $0.baseAddress, $0.count, CInt(MSG_NOSIGNAL)) }
        }
    }

    private func closeSocket() {
        socket.withLock { socket in
            if let open = socket { close(open) }
            socket = nil
        }
    }
}
