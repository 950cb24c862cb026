import Glibc
import Synchronization

/// A scratch directory that goes, with the processes that work in it, when this process ends, however it ends.
///
/// A small shell reads a socket whose other end only this process holds. The kernel closes that at the end of this process, by
/// a crash too; the shell then ends what it was told to, kills what else has its working directory in the scratch directory, and
/// removes that.
package final class ScratchWatchdog: Sendable {
    package let directory: String
    private let shell: ChildProcess
    private let socket: Mutex<CInt?>

    // The working directory tells what we died starting, before we could name it, and what a server left behind; what has a
    // terminal is a person's shell. More than one turn, since such a program still writes.
    private static let script = """
        trap '' INT TERM HUP
        directory=$(cd "$1" && pwd -P) || directory=$1
        cd /
        watched=
        while read -r verb pid signal; do
            case $verb in
            watch) watched="$watched $pid:$signal" ;;
            forget)
                kept=
                for entry in $watched; do [ "${entry%:*}" = "$pid" ] || kept="$kept $entry"; done
                watched=$kept
                ;;
            esac
        done
        for entry in $watched; do
            kill -CONT "${entry%:*}"
            kill "-${entry#*:}" "${entry%:*}"
        done
        turns=0
        for entry in $watched; do
            while grep -q '^State:.[^ZX]' "/proc/${entry%:*}/status"; do
                turns=$((turns + 1))
                [ $turns -lt 500 ] || kill -KILL "${entry%:*}"
                sleep 0.02
            done
        done
        turns=0
        while [ -e "$1" ] && [ $turns -lt 500 ]; do
            find /proc/[0-9]*/cwd -maxdepth 0 -printf '%h %l\\n' | while read -r process link; do
                case $link in "$directory" | "$directory"/*) ;; *) continue ;; esac
                stat=$(cat "$process/stat")
                set -- ${stat##*) }
                [ "$5" != 0 ] || kill -KILL "${process#/proc/}"
            done
            rm -rf "$1" || sleep 0.1
            turns=$((turns + 1))
        done
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

    /// From now on this process is ended at the end: by `signal`, and killed where it does not heed that.
    package func watch(_ pid: pid_t, endingBy signal: CInt = SIGKILL) { tell("watch \(pid) \(signal)\n") }

    /// The process has ended and been reaped: its pid may be somebody else's from now on.
    package func forget(_ pid: pid_t) { tell("forget \(pid)\n") }

    /// Ends what is still watched, removes the directory, and returns when that is done.
    package func finish() async {
        closeSocket()
        await shell.waitForEnd(killingAfter: .seconds(60))
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
