import Logging
import Postgres

extension ScratchPostgres {
    /// A new database, a copy of `template` where one is given.
    package func createDatabase(_ name: String, template: String? = nil) async throws {
        let copy = template.map { " TEMPLATE \"\($0)\"" } ?? ""
        try await administer(PostgresQuery(unescaped: "CREATE DATABASE \"\(name)\"\(copy)"))
    }

    /// Also ends the sessions in it.
    package func dropDatabase(_ name: String) async throws {
        try await administer(PostgresQuery(unescaped: "DROP DATABASE IF EXISTS \"\(name)\" WITH (FORCE)"))
    }

    /// Makes every session's transactions read-only, those of open sessions too, or takes that back: what a failing cluster
    /// manager does to the server that must not write any more.
    package func setReadOnly(_ on: Bool) async throws {
        try await administer(
            PostgresQuery(unescaped: "ALTER SYSTEM SET default_transaction_read_only = \(on ? "on" : "off")"))
        try await administer(PostgresQuery(unescaped: "SELECT pg_reload_conf()"))
    }

    func administer(_ statement: PostgresQuery) async throws { _ = try await answer(to: statement) }

    /// The first column of what a statement gives.
    func ask(_ statement: PostgresQuery) async throws -> [String] {
        try await answer(to: statement).map { row in try row.value(at: 0) }
    }

    private func answer(to statement: PostgresQuery) async throws -> PostgresResult {
        let connection = try await connect()
        do {
            let result = try await connection.query(statement, deadline: .after(.seconds(60)))
            await connection.close()
            return result
        } catch {
            await connection.close()
            throw error
        }
    }

    /// A connection of our own.
    func connect() async throws(PostgresError) -> PostgresConnection {
        var configuration = try PostgresConfiguration(url: url())
        configuration.applicationName = "sandbox"
        configuration.connectTimeout = .seconds(10)
        return try await PostgresConnection.connect(
            configuration, log: Logger(label: "sandbox", factory: { _ in SwiftLogNoOpLogHandler() }))
    }
}
