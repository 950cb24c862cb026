import ZooKeeper

/// Follows the nodes at and below a path, over any number of sessions: a watch on each node and on each list of children, since
/// the library has none for whole subtrees.
///
/// What comes and goes between two looks is not seen, as with every watch of ZooKeeper.
package actor NodeWatcher {
    /// Nodes that are followed at one time; past it others are left out.
    package static let limit = 2000

    package enum Event: Sendable, Equatable {
        /// So many nodes are there and followed; said at the beginning of each session, before what has changed since the last.
        case following(nodes: Int, isCut: Bool)
        case change(NodeChange)
    }

    private let root: String
    private let tell: @Sendable (Event) -> Void
    private var known = KnownNodes()
    private var following: Set<String> = []
    private var isFirst = true

    package init(_ root: String, tell: @escaping @Sendable (Event) -> Void) {
        self.root = root
        self.tell = tell
    }

    /// Until the session ends or the task is cancelled.
    ///
    /// - Throws: `ZooKeeperError` for what waiting does not cure, such as `noAuth`.
    package func follow(_ session: ZooKeeperSession) async throws {
        following = []
        try await look(session)
        guard begin(root) else { return }
        try await follow(root, session)
    }

    private func look(_ session: ZooKeeperSession) async throws {
        var tree = NodeTree()
        do {
            tree = try await NodeTree.read(session, below: root, limit: Self.limit)
        } catch let error as ZooKeeperError where error.code == .noNode {
            // It may come.
        }
        tell(.following(nodes: tree.nodes.count, isCut: tree.isCut))
        let changes =
            known.keepOnly(Set(tree.nodes.map(\.path))) + tree.nodes.compactMap { known.take($0.path, $0) }
        // What is there when it begins has not changed.
        if !isFirst { for change in changes { tell(.change(change)) } }
        isFirst = false
    }

    private nonisolated func follow(_ path: String, _ session: ZooKeeperSession) async throws {
        repeat {
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await self.followValue(path, session) }
                group.addTask { try await self.followChildren(path, session) }
                try await group.waitForAll()
            }
        } while try await hasComeAgain(path, session)
    }

    /// A node may come again before its parent's list was looked at.
    private func hasComeAgain(_ path: String, _ session: ZooKeeperSession) async throws -> Bool {
        following.remove(path)
        return try await session.exists(path) != nil && begin(path)
    }

    private nonisolated func followValue(_ path: String, _ session: ZooKeeperSession) async throws {
        for try await node in session.watch(path) {
            await see(path, node.map { NodeTree.Node(path, $0) })
            if node == nil, path != root { return }
        }
    }

    private nonisolated func followChildren(_ path: String, _ session: ZooKeeperSession) async throws {
        try await withThrowingDiscardingTaskGroup { group in
            for try await names in session.watchChildren(path) {
                if names == nil, path != root { return }
                for name in (names ?? []).sorted() {
                    let child = path == "/" ? "/\(name)" : "\(path)/\(name)"
                    if await begin(child) { group.addTask { try await self.follow(child, session) } }
                }
            }
        }
    }

    private func see(_ path: String, _ node: NodeTree.Node?) {
        if let change = known.take(path, node) { tell(.change(change)) }
    }

    private func begin(_ path: String) -> Bool {
        following.count < Self.limit && following.insert(path).inserted
    }
}
