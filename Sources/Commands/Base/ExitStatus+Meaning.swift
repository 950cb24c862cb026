extension ExitStatus {
    /// What it tells a script; the README and eralink-exit(7) say the same.
    package var meaning: String {
        switch self {
        case .ok: "done"
        case .failed: "failed"
        case .usage: "usage: command line or settings"
        case .notFound: "not found"
        case .notAuthorised: "not authorised"
        case .rateLimited: "rate limited"
        case .unavailable: "unavailable: database, ZooKeeper, network"
        case .conflict: "conflict"
        case .refused: "refused by the messenger or the channel"
        case .partlyDone: "partly done"
        case .warnings: "`doctor`: warnings only"
        case .timedOut: "timed out"
        case .interrupted: "interrupted"
        case .closedPipe: "whoever read the output has gone"
        }
    }
}
