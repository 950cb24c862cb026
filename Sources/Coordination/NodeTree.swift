import ZooKeeper

/// Nodes below a path as they were read, parents before their children, in the order of their names.
package struct NodeTree: Sendable, Equatable {
    package struct Node: Sendable, Equatable {
        /// Absolute, below the chroot.
        package var path: String
        package var value: [UInt8]
        /// Grows by one with every set.
        package var version: Int32
        package var children: Int
        /// The session that the node goes with; 0 for one that stays.
        package var owner: Int64
        /// Milliseconds since 1970.
        package var modifiedAt: Int64
    }

    package var nodes: [Node] = []
    /// There is more than the limit allowed to read.
    package var isCut = false

    /// Reads level by level, so that a limit leaves out what is deepest. Nodes that go meanwhile are left out.
    ///
    /// - Throws: `ZooKeeperError`, with `noNode` where there is nothing at the path.
    package static func read(
        _ session: ZooKeeperSession, below path: String, depth: Int = .max, limit: Int
    ) async throws -> NodeTree {
        var tree = NodeTree(nodes: [try await Node(path, session.get(path))])
        var level = [path]
        var deep = 0
        while !level.isEmpty, deep < depth {
            var next: [String] = []
            for parent in level {
                let room = limit - tree.nodes.count - next.count
                guard room > 0 else {
                    tree.isCut = true
                    break
                }
                let names = try await session.names(parent)
                if names.count > room { tree.isCut = true }
                next += names.sorted().prefix(room).map { parent == "/" ? "/\($0)" : "\(parent)/\($0)" }
            }
            let nodes = try await session.nodes(next).map { Node($0.path, $0.node) }
            tree.nodes += nodes
            level = nodes.filter { $0.children > 0 }.map(\.path)
            deep += 1
        }
        tree.nodes.sort { $0.parts.lexicographicallyPrecedes($1.parts) }
        return tree
    }
}

extension NodeTree.Node {
    package init(_ path: String, _ node: ZooKeeperNode) {
        self.init(
            path: path, value: node.value, version: node.stat.version, children: Int(node.stat.childCount),
            owner: node.stat.ephemeralOwner, modifiedAt: node.stat.modifiedAt)
    }

    /// The names on the way to it.
    package var parts: [Substring] { path.split(separator: "/") }
}

extension ZooKeeperSession {
    /// The children; none where there is no such node.
    nonisolated func names(_ path: String) async throws -> [String] {
        do {
            return try await children(path)
        } catch let error as ZooKeeperError where error.code == .noNode {
            return []
        }
    }

    /// The nodes of these that are there, in this order.
    nonisolated func nodes(_ paths: [String]) async throws -> [(path: String, node: ZooKeeperNode)] {
        var nodes: [(path: String, node: ZooKeeperNode)] = []
        for start in stride(from: 0, to: paths.count, by: 50) {
            let chunk = paths[start..<min(start + 50, paths.count)]
            let read = try await withThrowingTaskGroup(of: (String, ZooKeeperNode?).self) { group in
                for path in chunk {
                    group.addTask {
                        do {
                            return (path, try await self.get(path))
                        } catch let error as ZooKeeperError where error.code == .noNode {
                            return (path, nil)
                        }
                    }
                }
                return try await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
            }
            for path in chunk { if let node = read[path] { nodes.append((path, node)) } }
        }
        return nodes
    }
}
