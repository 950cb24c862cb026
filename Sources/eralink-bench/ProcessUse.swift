import Glibc

/// What a process has used, from /proc.
enum ProcessUse {
    /// Resident memory in KiB.
    static func residentKiB(_ pid: pid_t) -> Double {
        let pages = fields("/proc/\(pid)/statm").dropFirst().first.flatMap { Double($0) } ?? 0
        return pages * Double(sysconf(Int32(_SC_PAGESIZE))) / 1024
    }

    /// The highest that resident memory was since its mark was last reset, in KiB.
    static func peakKiB(_ pid: pid_t) -> Double {
        for line in read("/proc/\(pid)/status").split(separator: "\n") where line.hasPrefix("VmHWM:") {
            return line.split(whereSeparator: { $0 == " " || $0 == "\t" }).dropFirst().first.flatMap { Double($0) } ?? 0
        }
        return 0
    }

    /// Seconds of processor time; with `reaped` also what its ended children used.
    static func processorSeconds(_ pid: pid_t, reaped: Bool = false) -> Double {
        // The second field is the name in brackets and may hold spaces; what is counted comes behind it.
        let text = read("/proc/\(pid)/stat")
        guard let bracket = text.lastIndex(of: ")") else { return 0 }
        let fields = text[text.index(after: bracket)...].split(separator: " ")
        guard fields.count > 15 else { return 0 }
        return fields[11...(reaped ? 14 : 12)].reduce(0) { $0 + (Double($1) ?? 0) }
            / Double(sysconf(Int32(_SC_CLK_TCK)))
    }

    private static func fields(_ path: String) -> [Substring] { read(path).split(separator: " ") }

    private static func read(_ path: String) -> String {
        guard let file = fopen(path, "re") else { return "" }
        defer { fclose(file) }
        var buffer = [UInt8](repeating: 0, count: 4096)
        let count = fread(&buffer, 1, buffer.count, file)
        return String(decoding: buffer[..<count], as: UTF8.self)
    }
}
