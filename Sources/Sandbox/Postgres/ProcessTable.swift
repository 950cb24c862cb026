import FoundationEssentials
import Glibc

/// What `/proc` tells about processes that are not our children.
package enum ProcessTable {
    static func children(of parent: pid_t) -> [pid_t] {
        let entries = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return entries.compactMap { pid_t($0) }.filter { fields(of: $0)?.parent == parent }
    }

    /// False where it is gone, or dead and only not yet waited for by its parent.
    package static func isAlive(_ pid: pid_t) -> Bool { (fields(of: pid)?.state ?? "Z") != "Z" }

    static func waitForEnd(of processes: [pid_t]) async {
        while processes.contains(where: isAlive) {
            // Looked at again and again: only a parent is told. In a task of its own, so that it waits although the
            // caller's was cancelled.
            await Task { try? await Task.sleep(for: .milliseconds(5)) }.value
        }
    }

    /// A stop signal only reaches one thread: until that has run, the others go on and answer.
    static func waitUntilStopped(_ pid: pid_t) async {
        while let tasks = try? FileManager.default.contentsOfDirectory(atPath: "/proc/\(pid)/task"),
            tasks.contains(where: { fields(at: "/proc/\(pid)/task/\($0)").map { !"TtZX".contains($0.state) } ?? false })
        {
            await Task { try? await Task.sleep(for: .milliseconds(1)) }.value
        }
    }

    private static func fields(of pid: pid_t) -> (state: Substring, parent: pid_t)? { fields(at: "/proc/\(pid)") }

    private static func fields(at directory: String) -> (state: Substring, parent: pid_t)? {
        guard let text = try? String(contentsOfFile: "\(directory)/stat", encoding: .utf8),
            let end = text.lastIndex(of: ")")
        else { return nil }
        // The name before may hold blanks and brackets.
        let rest = text[text.index(after: end)...].split(separator: " ")
        guard rest.count > 1, let parent = pid_t(rest[1]) else { return nil }
        return (rest[0], parent)
    }
}
