import ArgumentParser
import Coordination
import Domain
import JSON
import Terminal
import ZooKeeper

struct WatchNodes: ContextCommand {
    static let configuration = CommandConfiguration(
        commandName: "watch", abstract: "Print what changes in Eralink's part of ZooKeeper, until Ctrl-C.",
        discussion: """
            A line for each node that is created, changed or deleted at or below the path. Of changes that follow one another \
            faster than they are read, the last is seen. A lost connection is told on standard error and waited out.
            """)

    static let examples = [
        CommandExample("eralink zk watch", "everything"),
        CommandExample("eralink zk watch /leases", "who stands in line, during a fail-over"),
        CommandExample("eralink zk watch /signals -o jsonl | jq -r .path", "for programs"),
    ]

    @Argument(help: "Where to look.")
    var path = "/"

    @OptionGroup var shared: SharedOptions

    func run(_ context: CommandContext) async throws {
        let path = try NodePath.read(path)
        // Nobody waits at a terminal for a server that is not there.
        try await context.withZooKeeper { _ in }
        let client = ZooKeeperClient(
            try context.zooKeeperConfiguration(), logger: context.logger("zookeeper"), isReader: true)
        let printer = ChangePrinter(context)
        try await context.withInterruption(resume: { nil }) { interruption in
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { await client.run() }
                group.addTask { await interruption.requested() }
                group.addTask { try await Self.watch(path, client, printer) }
                defer { group.cancelAll() }
                try await group.next()
            }
        }
    }

    private static func watch(_ path: String, _ client: ZooKeeperClient, _ printer: ChangePrinter) async throws {
        let watcher = NodeWatcher(path) { printer.take($0) }
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                for await state in client.states() {
                    if case .down(let reason) = state { printer.lost(reason) }
                }
            }
            group.addTask {
                await client.whileUp { session in
                    do {
                        try await watcher.follow(session)
                    } catch let error as ZooKeeperError where !error.retryable {
                        printer.fail(EralinkError(zooKeeper: error))
                    } catch {
                        // The session is at its end: the next one goes on.
                    }
                }
            }
            // Nobody reads any more, or the nodes are not ours to read.
            await printer.hasEnded()
            group.cancelAll()
        }
        try printer.check()
    }
}
