import Glibc
import Logging
import TestSupport
import Testing
import ZooKeeper

extension Logger {
    static var quiet: Logger { Logger(label: "test") { _ in SwiftLogNoOpLogHandler() } }
}

/// A session under a chroot of its own on the shared server.
func withSession(
    maxCallsInFlight: Int = 1000, _ body: @Sendable (ZooKeeperSession) async throws -> Void
) async throws {
    let configuration = try ZooKeeperConfiguration(
        connect: try await TestZooKeeper.connect(), callDeadline: .seconds(20), maxCallsInFlight: maxCallsInFlight)
    try await ZooKeeperSession.with(configuration, connectedWithin: .seconds(20), logger: .quiet) { session in
        try await session.ensureChroot()
        try await body(session)
    }
}

/// Expects a `ZooKeeperError` of this code.
func expectCode(
    _ code: ZooKeeperError.Code, sourceLocation: SourceLocation = #_sourceLocation, _ body: () async throws -> Void
) async {
    do {
        try await body()
        Issue.record("nothing was thrown", sourceLocation: sourceLocation)
    } catch {
        #expect((error as? ZooKeeperError)?.code == code, "\(error)", sourceLocation: sourceLocation)
    }
}

/// The first element that satisfies the condition; nil where the sequence ended or ten seconds passed before.
func first<S: AsyncSequence & Sendable>(
    of sequence: S, within limit: Duration = .seconds(20), where condition: @escaping @Sendable (S.Element) -> Bool
) async -> S.Element? where S.Element: Sendable {
    await withTaskGroup(of: S.Element?.self) { group in
        group.addTask { try? await sequence.first(where: condition) }
        group.addTask {
            try? await Task.sleep(for: limit)
            return nil
        }
        let result = await group.next() ?? nil
        group.cancelAll()
        return result
    }
}

/// How many entries a directory of /proc/self has: threads in `task`, descriptors in `fd`.
func count(in directory: String) -> Int {
    guard let open = opendir("/proc/self/\(directory)") else { return 0 }
    defer { closedir(open) }
    var count = 0
    while readdir(open) != nil { count += 1 }
    return count
}
