import Domain
import Postgres
import Store

/// What the database says of itself and of the installation, each question on its own: one that fails spoils no other.
struct DatabaseFacts: Sendable {
    var endpoint = ""
    var hosts = 1
    var isLocal = false
    /// Why it cannot be asked at all.
    var failure: EralinkError?
    var schema: SchemaStatus?
    var roundTrip = Duration.zero
    var offset: Duration?
    var databaseNow: Timestamp?
    var health: DatabaseHealth?
    var figures: TableFigures?
    var write: Result<Duration, EralinkError>?
    var accounts: [AccountRecord] = []
    var statuses: [AccountStatus] = []
    var queues: [QueueHealth] = []
    var tokens: [TokenRecord]?
    var files: [FileHealth]?
    var busiest: [(agent: String, sent: Int)] = []
    /// What else could not be read.
    var unread: [String] = []

    static func gather(_ context: CommandContext) async -> DatabaseFacts {
        var facts = DatabaseFacts()
        guard context.settings.database.url != nil else { return facts }
        let configuration: PostgresConfiguration
        do {
            configuration = try context.databaseConfiguration()
        } catch {
            facts.failure = (error as? CommandFailure)?.error ?? EralinkError(.invalidParams, "\(error)")
            return facts
        }
        facts.endpoint = configuration.endpoint
        let hosts = configuration.endpoint.prefix { $0 != "/" }.split(separator: ",")
        facts.hosts = hosts.count
        facts.isLocal = hosts.allSatisfy { $0.hasPrefix("127.") || $0.hasPrefix("localhost") || $0.hasPrefix("[::1]") }
        do {
            facts = try await context.withStore(anySchema: true) { store in
                var filled = facts
                await filled.ask(store, now: context.now)
                return filled
            }
        } catch {
            facts.failure = error as? EralinkError ?? EralinkError(.internal, "\(error)")
        }
        return facts
    }

    private mutating func ask(_ store: Store, now: @Sendable () -> Timestamp) async {
        do throws(EralinkError) {
            schema = try await store.schemaStatus()
            // The second question goes over an open connection.
            let (began, asked) = (ContinuousClock.now, now())
            let there = try await store.clock()
            roundTrip = ContinuousClock.now - began
            offset = ClockCheck.offset(of: there, asked: asked, answered: now())
            databaseNow = there
        } catch {
            failure = error
            return
        }
        health = await read("its settings") { () async throws(EralinkError) in try await store.health() }
        do throws(EralinkError) { write = .success(try await store.probeWrite()) } catch { write = .failure(error) }
        guard schema?.problem == nil else { return }
        figures = await read("the tables") { () async throws(EralinkError) in try await store.tableFigures() }
        accounts = await read("the accounts") { () async throws(EralinkError) in try await store.accounts() } ?? []
        statuses = await read("the leases") { () async throws(EralinkError) in try await store.accountStatuses() } ?? []
        queues = await read("the queues") { () async throws(EralinkError) in try await store.queueHealth() } ?? []
        files = await read("the files") { () async throws(EralinkError) in try await store.fileHealth() }
        busiest =
            await read("who sends") { () async throws(EralinkError) in try await store.busiestAgents() } ?? []
        tokens = await read("the tokens") { () async throws(EralinkError) in try await store.tokens() }
    }

    private mutating func read<Value>(
        _ what: String, _ body: () async throws(EralinkError) -> Value
    ) async -> Value? {
        do throws(EralinkError) {
            return try await body()
        } catch {
            unread.append("\(what) (\(error.message))")
            return nil
        }
    }

    func diagnoses() -> [Diagnosis] {
        if let failure { return [DatabaseCheck.judge(reach: endpoint, failure)] }
        guard let schema else { return [] }
        var found: [Diagnosis] = []
        if let health { found += DatabaseCheck.judge(health, endpoint: endpoint, roundTrip: roundTrip) }
        if !unread.isEmpty {
            found.append(
                .warning(
                    "database", "could not read \(unread.joined(separator: ", "))",
                    "look at the database's log; \"eralink --log-level debug doctor\" says more"))
        }
        found.append(DatabaseCheck.judge(schema: schema))
        if let write { found.append(DatabaseCheck.judge(write: write)) }
        if let health { found += DurabilityCheck.judge(health, hosts: hosts) }
        if let offset { found.append(ClockCheck.judge(against: "the database", offset: offset, blur: roundTrip)) }
        if let figures { found += TablesCheck.judge(figures) }
        if let files { found += FilesCheck.judge(files) }
        if let tokens { found += TokensCheck.judge(tokens, now: databaseNow ?? Timestamp(microseconds: 0)) }
        return found
    }
}
