import Domain
import Glibc
import Postgres
import Store

extension CommandContext {
    /// The database for the time of `body`.
    ///
    /// Throws a usage error where `database.url` is not set, `unavailable` where it does not answer, and the schema's own
    /// sentence where it is not this version's, unless `anySchema`.
    // Never inlined: Swift 6.3.1 crashes in release builds when it splits the coroutine of a command that holds all of this.
    @inline(never)
    package func withStore<R>(
        anySchema: Bool = false, _ body: (Store) async throws -> R
    ) async throws -> R {
        let log = logger("database")
        let pool = PostgresPool(try databaseConfiguration(), log: log)
        do {
            let store = Store(pool: pool, logger: log)
            if !anySchema { try await store.requireSchema() }
            let result = try await body(store)
            await pool.shutdown()
            return result
        } catch {
            await pool.shutdown()
            throw error
        }
    }

    /// Where the database is, by the settings. Throws a usage error that says what to set.
    package func databaseConfiguration() throws -> PostgresConfiguration {
        guard let url = settings.database.url else {
            throw CommandFailure.usage(
                "database.url is not set; set it, or ERALINK_DATABASE_URL, to postgresql://user@host/database",
                details: [.init("setting", "database.url")])
        }
        do throws(PostgresError) {
            var configuration = try PostgresConfiguration(url: url.connectionString)
            configuration.maximumConnections = settings.database.pool
            return configuration
        } catch {
            throw CommandFailure.usage("database.url: \(error.message)", details: [.init("setting", "database.url")])
        }
    }

    /// Who is at the keyboard, for the audit trail.
    package var operatorName: String {
        let user = ["SUDO_USER", "USER", "LOGNAME"].lazy.compactMap { environment[$0] }.first { !$0.isEmpty }
        return "cli:\(user ?? Self.userOfProcess)"
    }

    /// Services and cron jobs have no variables that say it: by the system's list of users, else by number.
    private static var userOfProcess: String {
        var entry = passwd()
        var found: UnsafeMutablePointer<passwd>?
        let id = geteuid()
        let name: String? = withUnsafeTemporaryAllocation(of: CChar.self, capacity: 16 * 1024) { buffer in
            guard let start = buffer.baseAddress, getpwuid_r(id, &entry, start, buffer.count, &found) == 0,
                found != nil, let name = entry.pw_name
            else { return nil }
            return String(cString: name)
        }
        return name ?? "uid-\(id)"
    }

    /// What opens and seals secrets. Throws, as what makes a command fail with status 1, what is wrong with the key.
    package func secretBox() throws -> SecretBox {
        SecretBox(key: try SecretKeyFile.read(from: settings, environment: environment))
    }

    /// What signs links to files; nil where `secrets.key_file` is not set. Throws, as what makes a command fail with status 1,
    /// what is wrong with the key that it names.
    func fileLinks() throws -> FileLinks? {
        guard settings.secrets.keyFile != nil else { return nil }
        return FileLinks(secretsKey: try SecretKeyFile.read(from: settings, environment: environment))
    }
}
