import Domain
import Store

/// Whether the database answers, takes writes, and has the schema that this version needs.
enum DatabaseCheck {
    static func judge(reach endpoint: String, _ failure: EralinkError) -> Diagnosis {
        let text = failure.message.replacing("the database is not available: ", with: "")
            .replacing("the database cannot be reached: ", with: "")
        let remedy =
            if text.contains("refused") {
                "start PostgreSQL there, or mend database.url"
            } else if text.contains("authentication") || text.contains("password") || text.contains("role") {
                "mend user and password of database.url"
            } else if text.contains("does not exist") {
                "create the database, or mend database.url"
            } else if text.contains("too many clients") || text.contains("connection slots") {
                "raise max_connections, or lower database.pool of the daemons"
            } else if text.contains("read-only") || text.contains("standby") {
                "promote a standby, or name its new primary in database.url"
            } else {
                "look whether the host is up and lets us through; mend database.url if it moved"
            }
        // libpq names the host by itself where there is one to name.
        let host = endpoint.prefix { $0 != "/" && $0 != "," }
        return .failed("database", text.hasPrefix(host) ? text : "\(endpoint): \(text)", remedy)
    }

    static func judge(schema: SchemaStatus) -> Diagnosis {
        guard let problem = schema.problem else { return .ok("schema", "version \(schema.version), as needed") }
        let parts = problem.message.split(separator: ";", maxSplits: 1)
        return .failed(
            "schema", String(parts.first ?? ""),
            parts.count > 1 ? String(parts[1].drop { $0 == " " }) : "run \"eralink db migrate\"")
    }

    static func judge(_ health: DatabaseHealth, endpoint: String, roundTrip: Duration) -> [Diagnosis] {
        let milliseconds = (roundTrip / .milliseconds(1) * 10).rounded() / 10
        var found: [Diagnosis] = []
        if health.isReplica {
            found.append(
                .failed(
                    "database", "\(endpoint) is a standby: it takes no writes",
                    "promote it, or name all hosts in database.url: the one that takes writes is found"))
        }
        if let major = Int(health.version.prefix { $0.isNumber }), major < 14 {
            found.append(.warning("database", "PostgreSQL \(health.version) is older than 14", "upgrade it"))
        }
        if milliseconds > 50 {
            found.append(
                .warning(
                    "database", "an answer takes \(milliseconds) ms",
                    "bring it nearer, or look at its load: each message waits for several"))
        }
        if health.connections * 10 > health.maxConnections * 8 {
            found.append(
                .warning(
                    "database", "\(health.connections) of \(health.maxConnections) connections are taken",
                    "raise max_connections, or lower database.pool of the daemons"))
        }
        if health.oldestTransaction > 300 {
            found.append(
                .warning(
                    "database", "a transaction has been open for \(Int(health.oldestTransaction / 60)) min",
                    "find it in pg_stat_activity by xact_start and end it: dead rows pile up behind it"))
        }
        if !health.autovacuum {
            found.append(.warning("database", "autovacuum is off", "set autovacuum = on: the queues' tables grow"))
        }
        let size = ByteSize.about(health.databaseBytes)
        return found.isEmpty
            ? [
                .ok(
                    "database",
                    "PostgreSQL \(health.version) at \(endpoint), \(milliseconds) ms, \(size), "
                        + "\(health.connections) of \(health.maxConnections) connections")
            ] : found
    }

    /// A write that was tried, and how long it took.
    static func judge(write: Result<Duration, EralinkError>) -> Diagnosis {
        switch write {
        case .success(let time) where time > .seconds(1):
            return .warning(
                "writes", "a commit takes \(Int(time / .milliseconds(1))) ms",
                "look at the disk of pg_wal, and at the synchronous standby's")
        case .success(let time): return .ok("writes", "a commit takes \(Int(time / .milliseconds(1))) ms")
        case .failure(let error):
            let text = error.message
            let remedy =
                if text.contains("No space left") || text.contains("disk is full") {
                    "free space on the disk of its data directory; messengers keep what customers write meanwhile"
                } else if text.contains("read-only") {
                    "find the primary: name all hosts in database.url"
                } else if text.contains("permission denied") {
                    "GRANT TEMPORARY ON DATABASE … to our user"
                } else {
                    "a synchronous standby that is away holds every commit: start it, or take it out of synchronous_standby_names"
                }
            return .failed("writes", text, remedy)
        }
    }
}
