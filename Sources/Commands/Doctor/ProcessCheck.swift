import Glibc

/// What the system allows a process of this user to have.
enum ProcessCheck {
    /// - Parameter sessions: `limits.sessions`: each is a descriptor.
    static func judge(descriptors: UInt64, sessions: Int) -> Diagnosis {
        let needed = UInt64(sessions) + 4096 + 200
        if descriptors < 1024 {
            return .failed(
                "limits", "a process may open \(descriptors) descriptors",
                "raise them: ulimit -n, LimitNOFILE= of the units")
        }
        return descriptors < needed
            ? .warning(
                "limits", "a process may open \(descriptors) descriptors, limits.sessions \(sessions) needs \(needed)",
                "set LimitNOFILE=\(needed) in the units (ulimit -n here), or lower limits.sessions")
            : .ok("limits", "\(descriptors) descriptors a process")
    }

    static func descriptors() -> UInt64 {
        var limits = rlimit()
        return getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limits) == 0 ? UInt64(limits.rlim_cur) : .max
    }
}
