import Coordination
import Domain
import Logging
import TestSupport
import Testing
import ZooKeeper

extension Logger {
    static var quiet: Logger { Logger(label: "test") { _ in SwiftLogNoOpLogHandler() } }
}

extension ZooKeeperCoordination {
    static func member(_ connect: String, sessionTimeout: Duration = .seconds(8)) throws -> ZooKeeperCoordination {
        try ZooKeeperCoordination(
            ZooKeeperConfiguration(connect: connect, sessionTimeout: sessionTimeout), logger: .quiet)
    }
}

extension Coordination {
    func signals(_ name: String, _ direction: String) -> Int64 {
        signalCounts.first { $0.name == name && $0.direction == direction }?.count ?? -1
    }
}

/// Runs the members for the time of `body`.
func running<Result: Sendable>(
    _ members: [any Coordination], _ body: @Sendable () async throws -> Result
) async throws -> Result {
    try await withThrowingTaskGroup(of: Void.self) { group in
        for member in members { group.addTask { await member.run() } }
        defer { group.cancelAll() }
        return try await body()
    }
}

/// Waits for an element; records an issue where none comes.
@discardableResult
func expectElement<Element: Sendable>(
    of stream: AsyncStream<Element>, within limit: Duration = .seconds(20), _ what: Comment = "no such element came",
    sourceLocation: SourceLocation = #_sourceLocation,
    where condition: @escaping @Sendable (Element) -> Bool = { _ in true }
) async -> Element? {
    let element: Element? = await withTaskGroup(of: Element?.self) { group in
        group.addTask { await stream.first(where: condition) }
        group.addTask {
            try? await Task.sleep(for: limit)
            return nil
        }
        let result = await group.next() ?? nil
        group.cancelAll()
        return result
    }
    if element == nil { Issue.record(what, sourceLocation: sourceLocation) }
    return element
}

/// Looks until the condition holds; records an issue where it does not in time.
func eventually(
    within limit: Duration = .seconds(20), _ what: Comment = "it never came about",
    sourceLocation: SourceLocation = #_sourceLocation, _ condition: @Sendable () async throws -> Bool
) async throws {
    let deadline = ContinuousClock.now + limit
    while try await !condition() {
        if ContinuousClock.now > deadline {
            Issue.record(what, sourceLocation: sourceLocation)
            return
        }
        try await Task.sleep(for: .milliseconds(10))
    }
}

extension Component {
    static func sample(_ id: String, account: String? = "shop") -> Component {
        Component(
            role: account == nil ? "chat" : "connector", id: id, host: "127.0.0.1", port: 8090, version: "1.0",
            started: Timestamp(seconds: 1_790_000_000), account: account)
    }
}

/// Reads the tree from outside.
func inspecting<Result: Sendable>(
    _ connect: String, _ body: @Sendable (ZooKeeperSession) async throws -> Result
) async throws -> Result {
    try await ZooKeeperSession.with(
        ZooKeeperConfiguration(connect: connect, callDeadline: .seconds(10)), connectedWithin: .seconds(20),
        logger: .quiet, body)
}
