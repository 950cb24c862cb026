import ZooKeeper

extension ClusterReport {
    /// What Eralink keeps in ZooKeeper.
    struct Tree: Sendable {
        /// Nodes read at most, of all kinds together; what is deepest is not read.
        static let limit = 4000
        private static let ours: Set<String> = ["components", "leases", "signals", "interactions", "agents"]

        var server: String?
        var components: [Component] = []
        var leases: [Lease] = []
        var signals: [Signal] = []
        var branches: [Branch] = []
        /// The processes of each session.
        var owners: [Int64: [String]] = [:]
        var strangers: [String] = []
        /// Nothing stands at the chroot, or nothing of ours.
        var isEmpty = true

        init() {}

        static func read(_ session: ZooKeeperSession) async throws -> Tree {
            let server = await session.server
            var tree: Tree
            do {
                tree = Tree(try await NodeTree.read(session, below: "/", limit: limit))
            } catch let error as ZooKeeperError where error.code == .noNode {
                tree = Tree()
            }
            tree.server = server
            return tree
        }

        /// Sorts what was read by where it stands.
        init(_ read: NodeTree) {
            for node in read.nodes {
                let parts = node.parts.map(String.init)
                guard let first = parts.first else { continue }
                guard Self.ours.contains(first) else {
                    // ZooKeeper's own stands at the root.
                    if parts.count == 1, first != "zookeeper" { strangers.append(first) }
                    continue
                }
                isEmpty = false
                count(node, "/\(first)")
                switch (first, parts.count) {
                case ("components", 3...4) where node.owner != 0: takeComponent(node)
                case ("leases", 3): takeCandidate(node, account: NodeName.decode(parts[1]), name: parts[2])
                case ("signals", 2) where parts[1] != "outbox", ("signals", 3):
                    signals.append(
                        Signal(
                            name: parts.dropFirst().map(NodeName.decode).joined(separator: "/"),
                            position: Int64(String(decoding: node.value, as: UTF8.self)) ?? 0,
                            changedAt: node.modifiedAt))
                default: break
                }
            }
            for index in branches.indices { branches[index].isCut = read.isCut }
            for index in leases.indices {
                leases[index].candidates = ElectionLine(leases[index].candidates).inOrder.map(ElectionLine.id)
            }
            components.sort { ($0.role, $0.account ?? "", $0.id) < ($1.role, $1.account ?? "", $1.id) }
            // The bells of the whole installation first.
            let names = ["inbox", "events"]
            signals.sort {
                (names.firstIndex(of: $0.name) ?? 2, $0.name) < (names.firstIndex(of: $1.name) ?? 2, $1.name)
            }
        }

        private mutating func count(_ node: NodeTree.Node, _ path: String) {
            if branches.last?.path != path { branches.append(Branch(path: path, nodes: 0, bytes: 0, isCut: false)) }
            branches[branches.count - 1].nodes += 1
            branches[branches.count - 1].bytes += node.value.count
        }

        private mutating func takeComponent(_ node: NodeTree.Node) {
            guard let component = Component(value: node.value) else { return }
            components.append(component)
            owners[node.owner, default: []].append(component.title)
        }

        private mutating func takeCandidate(_ node: NodeTree.Node, account: String, name: String) {
            guard name.contains("~") else { return }
            if leases.last?.account != account { leases.append(Lease(account: account, candidates: [])) }
            leases[leases.count - 1].candidates.append(name)
        }
    }
}

extension Component {
    /// `chat 1f0c`, `connector support 77ab`.
    var title: String { [role, account, id].compactMap(\.self).joined(separator: " ") }
}
