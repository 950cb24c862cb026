import CPostgres

/// Where the database is and how long anything may take.
package struct PostgresConfiguration: Sendable {
    /// Shown in `pg_stat_activity`.
    package var applicationName = "eralink"
    /// Server settings of every session, set while connecting. A URL's `options` come after them and win.
    package var settings = PostgresConfiguration.standardSettings
    /// For one attempt at one address.
    package var connectTimeout: Duration = .seconds(3)
    /// For a call, from its start to its last result; nil for none.
    package var deadline: Duration? = .milliseconds(4500)
    /// How long sent bytes may stay unacknowledged before the kernel gives a connection up.
    package var tcpUserTimeout: Duration = .seconds(5)
    /// Prepared statements kept per connection.
    package var statementCacheLimit = 256
    /// Connections of a pool.
    package var maximumConnections = 8
    /// Callers that may wait for a connection of a pool; more are refused with `poolExhausted`.
    package var maximumWaiters = 1024
    /// How long a caller waits for a connection of a pool.
    package var waitLimit: Duration = .seconds(4)

    /// The URL's own parameters, by libpq's keyword. May hold the password: never printed.
    let parameters: [String: String]

    /// Milliseconds of `lock_timeout`, `idle_in_transaction_session_timeout`, `tcp_user_timeout`: a client that vanishes
    /// cannot hold a lock for longer (design.md, rule 3).
    ///
    /// Statements are short, prepared and find their rows by index: planning each time costs more than they do, and so does
    /// JIT; and a plan that was made while a table was small must do when it has grown, so it must not read whole tables.
    package static let standardSettings: [String: String] = [
        "lock_timeout": "4000",
        "idle_in_transaction_session_timeout": "2000",
        "tcp_user_timeout": "5000",
        "client_connection_check_interval": "2000",
        "timezone": "UTC",
        "jit": "off",
        "plan_cache_mode": "force_generic_plan",
        "enable_seqscan": "off",
        "enable_hashjoin": "off",
        "enable_mergejoin": "off",
    ]

    /// Takes a `postgresql://` URL or libpq's `key=value` form, several hosts allowed.
    /// - Throws: `.configuration` with libpq's reason, which never contains the URL's password.
    package init(url: String) throws(PostgresError) {
        var reason: UnsafeMutablePointer<CChar>?
        guard let options = PQconninfoParse(url, &reason) else {
            // libpq quotes parts of the URL, a mistyped password among them: only the shape of its complaint is told.
            PQfreemem(reason)
            throw PostgresError(
                .configuration,
                "the database URL cannot be read; write it as postgresql://user:password@host:5432/database")
        }
        defer { PQconninfoFree(options) }
        var parameters: [String: String] = [:]
        var option = options
        while let keyword = option.pointee.keyword {
            if let value = option.pointee.val { parameters[String(cString: keyword)] = String(cString: value) }
            option += 1
        }
        self.parameters = parameters
        guard targets.count > 0 else {
            throw PostgresError(.configuration, "the database URL has different numbers of hosts and ports")
        }
    }

    /// Where it connects to, without user and password: for logs and messages.
    package var endpoint: String {
        targets.map(\.description).joined(separator: ",") + "/" + (parameters["dbname"] ?? "")
    }

    /// A copy for another database of the same server.
    package func database(_ name: String) -> PostgresConfiguration {
        var copy = self
        copy = PostgresConfiguration(copying: copy, parameters: parameters.merging(["dbname": name]) { $1 })
        return copy
    }

    private init(copying other: PostgresConfiguration, parameters: [String: String]) {
        self.parameters = parameters
        applicationName = other.applicationName
        settings = other.settings
        connectTimeout = other.connectTimeout
        deadline = other.deadline
        tcpUserTimeout = other.tcpUserTimeout
        statementCacheLimit = other.statementCacheLimit
        maximumConnections = other.maximumConnections
        maximumWaiters = other.maximumWaiters
        waitLimit = other.waitLimit
    }
}
