import FoundationEssentials

/// Where a person's own state is kept between runs (XDG Base Directory Specification).
enum StateDirectory {
    /// The path of a file of ours there, whose directory exists then; nil where there is no home, or none that can be written.
    static func file(_ name: String, environment: [String: String]) -> String? {
        let state = environment["XDG_STATE_HOME"].flatMap { $0.hasPrefix("/") ? $0 : nil }
        guard let base = state ?? environment["HOME"].map({ $0 + "/.local/state" }) else { return nil }
        let directory = base + "/eralink"
        do {
            try FileManager.default.createDirectory(
                atPath: directory, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
            return "\(directory)/\(name)"
        } catch {
            return nil
        }
    }
}
