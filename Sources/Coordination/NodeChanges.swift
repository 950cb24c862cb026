import ZooKeeper

/// One change below a path, as `zk watch` tells it.
package struct NodeChange: Sendable, Equatable {
    package enum Kind: String, Sendable { case created, changed, deleted }

    package var kind: Kind
    package var path: String
    /// As it is now; nil where it is gone.
    package var node: NodeTree.Node?
}

/// What is known of the nodes below a path, and what a newer look makes of it. Between two looks many changes are one.
package struct KnownNodes: Sendable {
    private var nodes: [String: NodeTree.Node] = [:]

    package init() {}

    package var count: Int { nodes.count }

    package mutating func take(_ path: String, _ node: NodeTree.Node?) -> NodeChange? {
        let before = nodes[path]
        nodes[path] = node
        switch (before, node) {
        case (nil, nil): return nil
        case (nil, _): return NodeChange(kind: .created, path: path, node: node)
        case (_, nil): return NodeChange(kind: .deleted, path: path, node: nil)
        case (let before?, let node?):
            // A node that was made anew meanwhile begins at version 0 again.
            let isSame = before.version == node.version && before.owner == node.owner && before.value == node.value
            return isSame ? nil : NodeChange(kind: .changed, path: path, node: node)
        }
    }

    /// Everything that is not there any more, after a look at all of them.
    package mutating func keepOnly(_ paths: Set<String>) -> [NodeChange] {
        nodes.keys.filter { !paths.contains($0) }.sorted().reversed().compactMap { take($0, nil) }
    }
}
