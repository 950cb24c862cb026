import Store

/// Whether what was committed survives the loss of a host: "committed is never lost" needs a synchronous standby where
/// PostgreSQL fails over.
enum DurabilityCheck {
    static func judge(_ health: DatabaseHealth, hosts: Int) -> [Diagnosis] {
        var found: [Diagnosis] = []
        if !health.fsync || !health.fullPageWrites {
            found.append(
                .failed(
                    "durability",
                    "\(health.fsync ? "full_page_writes" : "fsync") is off: a crash of the host destroys the database",
                    "set fsync = on and full_page_writes = on"))
        }
        if health.synchronousCommit == "off" {
            found.append(
                .failed(
                    "durability", "synchronous_commit is off: a crash loses messages that were acknowledged",
                    "set synchronous_commit = on"))
        }
        let isSynchronous = !health.synchronousNames.isEmpty && !["off", "local"].contains(health.synchronousCommit)
        let live = health.standbys.filter { $0.sync == "sync" || $0.sync == "quorum" }
        if isSynchronous, live.isEmpty, health.standbys.allSatisfy({ $0.sync != nil }) {
            found.append(
                .failed(
                    "durability",
                    "no synchronous standby is connected: every commit waits (\(health.synchronousNames))",
                    "start the standby, or take it out of synchronous_standby_names and reload"))
        }
        if !isSynchronous, hosts > 1 || !health.standbys.isEmpty {
            let what = hosts > 1 ? "database.url names \(hosts) hosts" : "there are \(health.standbys.count) standbys"
            found.append(
                .warning(
                    "durability", "\(what), and none is synchronous: a fail-over loses the last messages",
                    "set synchronous_standby_names = 'ANY 1 (*)', with two standbys at least"))
        }
        if isSynchronous, live.count == 1, health.standbys.count == 1 {
            found.append(
                .warning(
                    "durability", "the one synchronous standby \(live[0].name) holds every commit when it is away",
                    "add a second one and set synchronous_standby_names = 'ANY 1 (*)'"))
        }
        if health.slotBytes > 1 << 30, let name = health.slotName {
            found.append(
                .warning(
                    "durability",
                    "the slot \(name), which nobody reads, keeps \(ByteSize.about(health.slotBytes)) of log",
                    "start its standby, or drop it with pg_drop_replication_slot before the disk is full"))
        }
        if !found.isEmpty { return found }
        let standbys = live.map(\.name).joined(separator: ", ")
        return [
            .ok(
                "durability",
                isSynchronous
                    ? "synchronous standby \(standbys)" : "one host: commits are safe on its disk, and are lost with it"
            )
        ]
    }
}
