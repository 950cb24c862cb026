import Postgres
import Sandbox

/// The one PostgreSQL server of a test process, started by the first test that needs it and ended with the process, also when that
/// crashes. Each test gets a database of its own:
///
/// ```swift
/// try await SharedPostgres.withDatabase { database in
///     let pool = PostgresPool(try database.configuration, log: .silent)
/// }
/// ```
package enum SharedPostgres {
    /// A database for the time of `body`, a copy of `template` where one is given.
    package static func withDatabase<R>(
        template: DatabaseTemplate? = nil, _ body: (ScratchDatabase) async throws -> R
    ) async throws -> R {
        let server = try await SharedServer.shared.server()
        let source: String? =
            if let template { try await SharedServer.shared.prepared(template, on: server) } else { nil }
        let database = ScratchDatabase(server: server, name: "t_" + randomName())
        try await server.createDatabase(database.name, template: source)
        do {
            let result = try await body(database)
            try await server.dropDatabase(database.name)
            return result
        } catch {
            // The test's own failure is the one to see.
            try? await server.dropDatabase(database.name)
            throw error
        }
    }

    static func randomName() -> String { String(UInt64.random(in: .min ... .max), radix: 36) }
}

/// A test's own database.
package struct ScratchDatabase: Sendable {
    package let server: ScratchPostgres
    package let name: String
    package var url: String { server.url(database: name) }
    package var configuration: PostgresConfiguration { get throws { try PostgresConfiguration(url: url) } }
}

/// What a test's database starts with, made once per test process and copied from then on.
package struct DatabaseTemplate: Sendable {
    package let name: String
    let prepare: @Sendable (_ url: String) async throws -> Void

    /// - Parameter prepare: fills the empty database at the URL, and leaves no connection behind.
    package init(_ name: String, prepare: @escaping @Sendable (_ url: String) async throws -> Void) {
        self.name = name
        self.prepare = prepare
    }
}

private actor SharedServer {
    static let shared = SharedServer()

    private var starting: Task<ScratchPostgres, any Error>?
    private var templates: [String: Task<String, any Error>] = [:]

    func server() async throws -> ScratchPostgres {
        if let starting { return try await starting.value }
        // All tests wait for it.
        let task = Task { try await ScratchPostgres.start(.init(isOneOfMany: true)) }
        starting = task
        return try await task.value
    }

    func prepared(_ template: DatabaseTemplate, on server: ScratchPostgres) async throws -> String {
        if let known = templates[template.name] { return try await known.value }
        let task = Task {
            let name = "template_" + template.name
            try await server.createDatabase(name)
            try await template.prepare(server.url(database: name))
            return name
        }
        templates[template.name] = task
        return try await task.value
    }
}
