import Glibc

/// Room on the disks of this machine that Eralink needs.
enum DiskCheck {
    struct Disk: Equatable {
        var path: String
        var freeBytes: Int64
        var totalBytes: Int64
        var freeNodes: Int64
        var totalNodes: Int64

        var freeShare: Double { totalBytes > 0 ? Double(freeBytes) / Double(totalBytes) : 1 }
    }

    static func judge(_ disks: [Disk]) -> [Diagnosis] {
        let found = disks.compactMap { disk -> Diagnosis? in
            let percent = Int(disk.freeShare * 100)
            let free = ByteSize.about(disk.freeBytes)
            let remedy = "free space there, or give it a larger disk"
            if disk.totalNodes > 0, disk.freeNodes * 100 < disk.totalNodes {
                return .warning("disk", "\(disk.path) has hardly an inode left", "remove small files there")
            }
            if disk.freeBytes < 64 << 20 || disk.freeShare < 0.02 {
                return .failed("disk", "\(disk.path) is full: \(free) free", remedy)
            }
            if disk.freeShare < 0.1, disk.freeBytes < 20 << 30 {
                return .warning("disk", "\(disk.path) has \(free) free, \(percent) %", remedy)
            }
            return nil
        }
        if !found.isEmpty { return found }
        let shown = disks.map { "\($0.path) \(Int($0.freeShare * 100)) % free" }.joined(separator: ", ")
        return [.ok("disk", shown)]
    }

    /// The file system of a path; nil where it cannot be asked.
    static func look(_ path: String) -> Disk? {
        var figures = statvfs()
        guard statvfs(path, &figures) == 0 else { return nil }
        let size = Int64(figures.f_frsize)
        return Disk(
            path: path, freeBytes: Int64(figures.f_bavail) * size, totalBytes: Int64(figures.f_blocks) * size,
            freeNodes: Int64(figures.f_favail), totalNodes: Int64(figures.f_files))
    }
}
