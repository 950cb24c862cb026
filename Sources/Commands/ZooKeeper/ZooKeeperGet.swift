import ArgumentParser
import Coordination
import ZooKeeper

struct ZooKeeperGet: ContextCommand {
    static let configuration = CommandConfiguration(
        commandName: "get", abstract: "Print one node: its value, version, age, and the session that it goes with.")

    static let examples = [
        CommandExample("eralink zk get /signals/events", "the position that was rung last"),
        CommandExample("eralink zk get /signals/events -o json | jq -r .value", "the value alone"),
        CommandExample("eralink zk get \"$(eralink zk tree /components -q | tail -1)\"", "the last one of a list"),
    ]

    @Argument(help: "The node, below the path of zookeeper.connect.")
    var path: String

    @OptionGroup var shared: SharedOptions

    func run(_ context: CommandContext) async throws {
        let path = try NodePath.read(path)
        let node = try await context.withZooKeeper { NodeTree.Node(path, try await $0.get(path)) }
        try context.output.object(NodeRow(node: node))
    }
}
