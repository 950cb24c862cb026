import Logging
import Postgres
import Sandbox

/// What each SQL statement took, by `pg_stat_statements`: for whoever looks where the time goes (`--statements`).
enum Statements {
    static let settings = [
        "shared_preload_libraries = 'pg_stat_statements'", "pg_stat_statements.track = all",
        "pg_stat_statements.track_planning = on",
        "track_activity_query_size = 4096",
    ]

    static func measured<R>(_ name: String, _ world: BenchWorld, _ body: () async throws -> R) async throws -> R {
        guard world.plan.statements else { return try await body() }
        let configuration = try PostgresConfiguration(url: world.postgres.url(database: "eralink"))
        let connection = try await PostgresConnection.connect(configuration, log: world.logger)
        try await connection.query("CREATE EXTENSION IF NOT EXISTS pg_stat_statements")
        try await connection.query("SELECT 1 FROM pg_stat_statements_reset()")
        let result = try await body()
        let rows = try await connection.query(
            """
            SELECT calls, round(total_plan_time)::bigint, round(total_exec_time)::bigint, rows,
                left(regexp_replace(query, '\\s+', ' ', 'g'), 110)
            FROM pg_stat_statements ORDER BY total_exec_time + total_plan_time DESC LIMIT 25
            """)
        ErrorOutput.line("\(name): milliseconds planning, executing, calls, rows, statement")
        for row in rows {
            let (calls, planning, time, count, text) = try row.decode(
                Int64.self, Int64.self, Int64.self, Int64.self, String.self)
            ErrorOutput.line("\(planning)\t\(time)\t\(calls)\t\(count)\t\(text)")
        }
        await connection.close()
        return result
    }
}
