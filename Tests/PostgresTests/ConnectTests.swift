import Logging
import Postgres
import Sandbox
import TestSupport
import Testing

@Suite("connecting")
struct ConnectTests {
    @Test("takes the next host where the first refuses, and wants a writable one")
    func secondHost() async throws {
        try await SharedPostgres.withDatabase { database in
            let closed = try FreePorts.take()
            let url = database.url.replacing("@127.0.0.1:", with: "@127.0.0.1:\(closed),localhost:")
            let connection = try await PostgresConnection.connect(PostgresConfiguration(url: url), log: .silent)
            let name = try await connection.query("SELECT current_database()").values(String.self)
            #expect(name == [database.name])
            await connection.close()
            let after = await postgresError { try await connection.query("SELECT 1") }
            #expect(after?.code == .closed)
        }
    }

    @Test("applies the session's settings")
    func settings() async throws {
        try await SharedPostgres.withDatabase { database in
            var configuration = try database.configuration
            configuration.applicationName = "eralink test: it's \\ me"
            configuration.settings["statement_timeout"] = "7s"
            configuration.settings["search_path"] = "\"a b\", public"
            try await PostgresPool.withPool(configuration, log: .silent) { pool in
                let names = [
                    "lock_timeout", "idle_in_transaction_session_timeout", "tcp_user_timeout", "application_name",
                    "client_encoding", "TimeZone", "statement_timeout", "search_path",
                    "client_connection_check_interval",
                ]
                let values = try await pool.query(
                    "SELECT current_setting(n) FROM unnest(\(names)) WITH ORDINALITY AS u(n, i) ORDER BY i"
                ).values(String.self)
                #expect(
                    values == [
                        "4s", "2s", "5000", configuration.applicationName, "UTF8", "UTC", "7s", "\"a b\", public", "2s",
                    ])
            }
        }
    }

    @Test("a refused log-in is final and names its reason")
    func refusals() async throws {
        try await SharedPostgres.withDatabase { database in
            let wrong = try PostgresConfiguration(
                url: "postgresql://eralink:wrong@127.0.0.1:\(database.server.port)/postgres")
            try await PostgresPool.withPool(wrong, log: .silent) { pool in
                let error = await postgresError { try await pool.query("SELECT 1") }
                #expect(error?.code == .server("28P01"))
                #expect(error?.message.contains("password authentication failed for user \"eralink\"") == true)
                #expect(error?.retryable == false)
                #expect(error?.description.contains("wrong") == false)
            }
            let missing = try PostgresConfiguration(url: database.server.url(database: "nowhere"))
            try await PostgresPool.withPool(missing, log: .silent) { pool in
                let error = await postgresError { try await pool.query("SELECT 1") }
                #expect(error?.sqlState == "3D000")
                #expect(error?.message.hasSuffix("database \"nowhere\" does not exist") == true)
            }
        }
    }

    @Test("a host that never answers costs one attempt's time")
    func silentHost() async throws {
        let listener = try SilentListener()
        var configuration = try PostgresConfiguration(url: "postgresql://u:secret@127.0.0.1:\(listener.port)/d")
        configuration.connectTimeout = .milliseconds(100)
        let error = await postgresError {
            _ = try await PostgresConnection.connect(configuration, log: .silent)
        }
        #expect(error?.code == .connection)
        #expect(error?.message == "127.0.0.1:\(listener.port) did not answer within 0.1 s")
    }

    @Test("a name that does not resolve says so")
    func unknownName() async throws {
        let configuration = try PostgresConfiguration(url: "postgresql://u:p@nowhere.invalid/d")
        let error = await postgresError { _ = try await PostgresConnection.connect(configuration, log: .silent) }
        #expect(error?.code == .connection)
        #expect(error?.message.contains("cannot resolve nowhere.invalid") == true)
    }

    @Test(
        "a URL that cannot be read is refused without being quoted",
        arguments: ["postgresql://u:s3cret@[::1/d", "s3cret"])
    func badURL(url: String) {
        let error = #expect(throws: PostgresError.self) { try PostgresConfiguration(url: url) }
        #expect(error?.code == .configuration)
        #expect(error?.description.contains("s3cret") == false)
    }

    @Test("the endpoint tells hosts, ports and database, never the password")
    func endpoint() throws {
        let configuration = try PostgresConfiguration(url: "postgresql://u:s3cret@a:1,b:2/d?sslmode=disable")
        #expect(configuration.endpoint == "a:1,b:2/d")
        #expect(configuration.database("x").endpoint == "a:1,b:2/x")
    }
}
