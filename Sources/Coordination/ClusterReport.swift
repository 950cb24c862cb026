import JSON

/// What `eralink zk status` shows: the ensemble, what Eralink keeps there, and what is amiss.
package struct ClusterReport: Sendable, Equatable {
    package struct Member: Sendable, Equatable {
        package var address: String
        /// `standalone`, `leader`, `follower`, `observer`, or `serving` where only our session tells; nil where it does not serve.
        package var mode: String?
        package var version: String?
        /// The server's own average over its requests, milliseconds.
        package var latency: Double?
        /// Requests that the server has not answered yet.
        package var outstanding: Int64?
        /// Clients of all programs.
        package var connections: Int64?
        package var error: String?
        /// It answers, and was told not to say more (`4lw.commands.whitelist`).
        var isSilent = false
        /// Something answers that is no ZooKeeper.
        var isStrange = false
    }

    /// A session that holds nodes of ours.
    package struct Session: Sendable, Equatable {
        package var id: Int64
        /// `role id` of the processes that it stands for.
        package var components: [String]
        /// `address:port` of both ends; nil where the server may not tell (`cons`).
        package var client: String?
        package var server: String?
        /// Milliseconds of silence after which it ends.
        package var timeout: Int64?
        package var latency: Double?
        /// Its requests that wait in the server.
        package var queued: Int64?
    }

    package struct Lease: Sendable, Equatable {
        package var account: String
        /// Ids in the order of the line: the first one tries for the database's lease.
        package var candidates: [String]
        /// What the database says, where it was asked.
        package var row: LeaseRow?
    }

    /// An account's lease as the database has it, which alone decides who speaks.
    package struct LeaseRow: Sendable, Equatable {
        package var account: String
        package var kind: String
        package var enabled: Bool
        /// The process that holds it now; nil: nobody.
        package var holder: String?
        package var host: String?
        package var epoch: Int64

        package init(account: String, kind: String, enabled: Bool, holder: String?, host: String?, epoch: Int64) {
            self.account = account
            self.kind = kind
            self.enabled = enabled
            self.holder = holder
            self.host = host
            self.epoch = epoch
        }
    }

    package struct Signal: Sendable, Equatable {
        /// `inbox`, `events`, `outbox/ACCOUNT`.
        package var name: String
        package var position: Int64
        /// Milliseconds since 1970.
        package var changedAt: Int64
        /// How much there is in the database that was not rung for; nil where that is not known.
        package var lag: Lag?
    }

    package struct Lag: Sendable, Equatable {
        package var count: Int64
        /// Milliseconds since the oldest of them came.
        package var age: Int64
        /// The database has not come to that position: somebody else's bell.
        package var isAhead: Bool

        package init(count: Int64, age: Int64, isAhead: Bool = false) {
            self.count = count
            self.age = age
            self.isAhead = isAhead
        }
    }

    /// What stands below one of our first nodes.
    package struct Branch: Sendable, Equatable {
        package var path: String
        package var nodes: Int
        package var bytes: Int
        /// There is more, which was not counted.
        package var isCut: Bool
    }

    package struct Finding: Sendable, Equatable {
        package enum Level: String, Sendable { case error, warning }

        package var level: Level
        package var text: String
        package var remedy: String
        /// The account that it is about, where it is about one.
        package var account: String?

        package init(level: Level, text: String, remedy: String, account: String? = nil) {
            self.account = account
            self.level = level
            self.text = text
            self.remedy = remedy
        }
    }

    package var quorum: Bool
    package var members: [Member]
    /// Below which everything of ours stands; empty for the root.
    package var chroot = ""
    package var sessions: [Session] = []
    package var components: [Component] = []
    package var leases: [Lease] = []
    package var signals: [Signal] = []
    package var branches: [Branch] = []
    package var findings: [Finding] = []
    /// Names beside ours below the chroot.
    var strangers: [String] = []
}
