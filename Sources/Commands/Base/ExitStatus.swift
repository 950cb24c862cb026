/// The exit statuses of `eralink` (cli.md, "Conduct"). They are API: scripts switch on them.
package enum ExitStatus: Int32, Sendable, CaseIterable {
    case ok = 0
    case failed = 1
    /// Bad command line or settings, also no subcommand.
    case usage = 2
    case notFound = 3
    case notAuthorised = 4
    case rateLimited = 5
    /// Database, ZooKeeper or network.
    case unavailable = 6
    case conflict = 7
    /// By the provider or the channel.
    case refused = 8
    case partlyDone = 9
    /// `doctor` found nothing worse.
    case warnings = 10
    case timedOut = 124
    case interrupted = 130
    case closedPipe = 141
}
