import CZooKeeper

/// What ZooKeeper knows about a node besides its value.
package struct NodeStat: Sendable, Equatable {
    /// The value's version: grows by one with every set.
    package let version: Int32
    /// The transaction that created the node.
    package let createdBy: Int64
    /// The transaction that last set the value.
    package let modifiedBy: Int64
    /// Milliseconds since 1970, by the leader's clock.
    package let modifiedAt: Int64
    /// Milliseconds since 1970, by the leader's clock.
    package let createdAt: Int64
    /// The session that owns an ephemeral node; zero for any other.
    package let ephemeralOwner: Int64
    package let childCount: Int32

    init(_ stat: Stat) {
        version = stat.version
        createdBy = stat.czxid
        modifiedBy = stat.mzxid
        modifiedAt = stat.mtime
        createdAt = stat.ctime
        ephemeralOwner = stat.ephemeralOwner
        childCount = stat.numChildren
    }
}

/// A node as it was read.
package struct ZooKeeperNode: Sendable, Equatable {
    package let value: [UInt8]
    package let stat: NodeStat

    /// The value as UTF-8, repaired where it is not.
    package var text: String { String(decoding: value, as: UTF8.self) }
}

/// How long a node lives and how it is named.
package enum NodeMode: Sendable, Equatable {
    case persistent
    /// Goes with the session that created it.
    case ephemeral
    /// Ephemeral, with ten digits appended to its name that grow with each node created under the parent.
    case ephemeralSequential
    /// Persistent until its last child has gone; the server then removes it within a minute or so.
    case container

    var flags: Int32 {
        switch self {
        case .persistent: ZOO_PERSISTENT
        case .ephemeral: ZOO_EPHEMERAL
        case .ephemeralSequential: ZOO_EPHEMERAL_SEQUENTIAL
        case .container: ZOO_CONTAINER
        }
    }
}
