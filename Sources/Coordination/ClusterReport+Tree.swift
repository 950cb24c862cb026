import ZooKeeper

extension ClusterReport {
    /// What Eralink keeps in ZooKeeper.
    struct Tree: Sendable {
        /// Entries read of one kind at most; more are not shown.
        static let limit = 2000

        var server: String?
        var components: [Component] = []
        var leases: [Lease] = []
        var signals: [Signal] = []

        static func read(_ session: ZooKeeperSession) async throws -> Tree {
            var tree = Tree()
            tree.server = await session.server
            try await tree.readComponents(session)
            try await tree.readLeases(session)
            try await tree.readSignals(session)
            return tree
        }

        private mutating func readComponents(_ session: ZooKeeperSession) async throws {
            for role in try await session.names("/components") {
                let places = try await session.names("/components/\(role)").map { "/components/\(role)/\($0)" }
                for (place, node) in try await session.nodes(places) {
                    if node.stat.ephemeralOwner != 0 {
                        if let component = Component(value: node.value) { components.append(component) }
                        continue
                    }
                    let members = try await session.names(place).map { "\(place)/\($0)" }
                    for (_, node) in try await session.nodes(members) {
                        if let component = Component(value: node.value) { components.append(component) }
                    }
                }
            }
            components.sort { ($0.role, $0.account ?? "", $0.id) < ($1.role, $1.account ?? "", $1.id) }
        }

        private mutating func readLeases(_ session: ZooKeeperSession) async throws {
            for account in try await session.names("/leases").sorted() {
                let line = ElectionLine(try await session.names("/leases/\(account)"))
                guard !line.inOrder.isEmpty else { continue }
                leases.append(
                    Lease(account: NodeName.decode(account), candidates: line.inOrder.map(ElectionLine.id)))
            }
        }

        private mutating func readSignals(_ session: ZooKeeperSession) async throws {
            let outboxes = try await session.names("/signals/outbox").sorted()
            let paths = ["/signals/inbox", "/signals/events"] + outboxes.map { "/signals/outbox/\($0)" }
            for (path, node) in try await session.nodes(paths) {
                signals.append(
                    Signal(
                        name: path.dropFirst("/signals/".count).split(separator: "/").map {
                            NodeName.decode(String($0))
                        }
                        .joined(separator: "/"), position: Int64(node.text) ?? 0, changedAt: node.stat.modifiedAt))
            }
        }
    }
}

extension ZooKeeperSession {
    /// The children; none where there is no such node.
    fileprivate nonisolated func names(_ path: String) async throws -> [String] {
        do {
            return Array(try await children(path).prefix(ClusterReport.Tree.limit))
        } catch let error as ZooKeeperError where error.code == .noNode {
            return []
        }
    }

    /// The nodes of these that are there, in this order.
    fileprivate nonisolated func nodes(_ paths: [String]) async throws -> [(path: String, node: ZooKeeperNode)] {
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
