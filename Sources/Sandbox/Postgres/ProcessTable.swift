import FoundationEssentials
import Glibc

/// What `/proc` tells about processes that are not our children.
enum ProcessTable {
    static func children(of parent: pid_t) -> [pid_t] {
        let entries = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return entries.compactMap { pid_t($0) }.filter { fields(of: $0)?.parent == parent }
    }

    /// Until they are gone, or dead and only not yet waited for by their parent.
    static func waitForEnd(of processes: [pid_t]) async {
        while processes.contains(where: { (fields(of: $0)?.state ?? "Z") != "Z" }) {
            // Looked at again and again: only a parent is told. In a task of its own, so that it waits although the
            // caller's was cancelled.
            await Task { try? await Task.sleep(for: .milliseconds(5)) }.value
        }
    }

    private static func fields(of pid: pid_t) -> (state: Substring, parent: pid_t)? {
        guard let text = try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8),
            let end = text.lastIndex(of: ")")
        else { return nil }
        // The name before may hold blanks and brackets.
        let rest = text[text.index(after: end)...].split(separator: " ")
        guard rest.count > 1, let parent = pid_t(rest[1]) else { return nil }
        return (rest[0], parent)
    }
}
