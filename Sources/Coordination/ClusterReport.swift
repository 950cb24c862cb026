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
        package var error: String?
        /// It answers, and was told not to say more (`4lw.commands.whitelist`).
        var isSilent = false
    }

    package struct Lease: Sendable, Equatable {
        package var account: String
        /// Ids in the order of the line: the first one tries for the database's lease.
        package var candidates: [String]
    }

    package struct Signal: Sendable, Equatable {
        /// `inbox`, `events`, `outbox/ACCOUNT`.
        package var name: String
        package var position: Int64
        /// Milliseconds since 1970.
        package var changedAt: Int64
    }

    package struct Finding: Sendable, Equatable {
        package enum Level: String, Sendable { case error, warning }

        package var level: Level
        package var text: String
        package var remedy: String
    }

    package var quorum: Bool
    package var members: [Member]
    package var components: [Component] = []
    package var leases: [Lease] = []
    package var signals: [Signal] = []
    package var findings: [Finding] = []
}
