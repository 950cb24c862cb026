import ArgumentParser
import Coordination
import Terminal

struct ZooKeeperTree: ContextCommand {
    static let configuration = CommandConfiguration(
        commandName: "tree", abstract: "Print the nodes that Eralink keeps in ZooKeeper.",
        discussion: "Paths are below the one of zookeeper.connect. Changes nothing.")

    static let examples = [
        CommandExample("eralink zk tree", "everything"),
        CommandExample("eralink zk tree /leases", "who stands in line for the accounts"),
        CommandExample("eralink zk tree /components --depth 1 -o json | jq '.[].path'", "for programs"),
    ]

    @Argument(help: "Where to begin.")
    var path = "/"

    @Option(help: ArgumentHelp("Levels below it at most.", valueName: "levels"))
    var depth: Int?

    @Option(help: ArgumentHelp("Nodes at most; what is deepest is left out.", valueName: "count"))
    var limit = 2000

    @OptionGroup var shared: SharedOptions

    func run(_ context: CommandContext) async throws {
        let (path, depth, limit) = (try NodePath.read(path), depth ?? .max, limit)
        guard limit > 0, depth >= 0 else { throw CommandFailure.usage("--limit and --depth are not negative") }
        let tree = try await context.withZooKeeper {
            try await NodeTree.read($0, below: path, depth: depth, limit: limit)
        }
        let output = context.output
        if output.form == .table, !output.quiet {
            for node in tree.nodes { try output.text(Self.line(node, root: tree.nodes.first, output) + "\n") }
        } else {
            try output.list(tree.nodes.map(NodeRow.init))
        }
        if tree.isCut { output.note("there are more nodes than --limit \(limit); give a path, or a higher limit") }
    }

    /// `  support~0000000001  {"role":…}  12 B  session 0x1000a`
    private static func line(_ node: NodeTree.Node, root: NodeTree.Node?, _ output: Output) -> String {
        let row = NodeRow(node: node)
        let level = node.parts.count - (root?.parts.count ?? 0)
        let name = level == 0 ? node.path : node.parts.last.map(String.init) ?? ""
        let indented = String(repeating: "  ", count: level) + output.shown(name)
        let session = row.owner.map { "session \($0)" }
        var parts = [output.style.bold(indented)]
        if !node.value.isEmpty {
            let value = output.shown(row.shown)
            // "zk get" shows it whole.
            let taken = ([indented, session].compactMap(\.self).map { $0.displayWidth + 2 }).reduce(0, +)
            parts.append(output.width.map { value.cut(toColumns: max($0 - taken, leastValue)) } ?? value)
        }
        if let session { parts.append(output.style(session, .grey)) }
        return parts.joined(separator: "  ")
    }

    /// The columns of a value that even a narrow window shows.
    private static let leastValue = 12
}
