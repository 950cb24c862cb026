import Glibc

/// Reads the files that a command line names. Foundation's own reading passes over pipes, and `--config <(…)` and
/// `--token-file <(…)` are pipes.
enum FileBytes {
    /// All of it, at most `limit` bytes; nil where it cannot be read, or is longer.
    static func read(_ path: String, limit: Int = 1 << 20) -> [UInt8]? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 16_384)
        while bytes.count <= limit {
            let count = Glibc.read(descriptor, &chunk, chunk.count)
            if count == 0 { return bytes }
            if count < 0, errno != EINTR { return nil }
            bytes += chunk.prefix(max(count, 0))
        }
        return nil
    }
}
