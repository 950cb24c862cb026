import AgentProtocol
import Domain
import Logging
import Postgres
import Store

/// A database of the test's own with Eralink's schema and an account in it:
///
/// ```swift
/// try await StoreFixture.with { f in
///     try await f.connector.receive(.text("hello", chat: "100", external: "1"))
///     let report = try await f.store.ingest(limit: 100)
/// }
/// ```
package struct StoreFixture: Sendable {
    package let store: Store
    package let database: ScratchDatabase
    /// Of kind telegram, called `support`.
    package let account: AccountRecord

    /// So many at one time: the server has connections for them, and the machine is not busier than their time limits bear.
    private static let gate = Gate(width: 8)

    package static func with<R>(
        connections: Int = 6, logger: Logger = .silent, _ body: (StoreFixture) async throws -> R
    ) async throws -> R {
        await gate.enter()
        defer { gate.leave() }
        return try await SharedPostgres.withDatabase(template: .migrated) { database in
            try await withStore(on: database, connections: connections, logger: logger) { store in
                let account = try await store.addAccount(.support, by: "test")
                return try await body(StoreFixture(store: store, database: database, account: account))
            }
        }
    }

    /// Another process on the same database, as it were: a store over a pool of its own.
    package func withStore<R>(connections: Int = 6, _ body: (Store) async throws -> R) async throws -> R {
        try await Self.withStore(on: database, connections: connections, logger: store.logger, body)
    }

    private static func withStore<R>(
        on database: ScratchDatabase, connections: Int, logger: Logger, _ body: (Store) async throws -> R
    ) async throws -> R {
        let configuration = try configuration(of: database, connections: connections)
        return try await PostgresPool.withPool(configuration, log: logger) { pool in
            try await body(Store(pool: pool, logger: logger))
        }
    }

    /// For whoever shuts its pool down.
    func makeStore(connections: Int) throws -> Store {
        Store(
            pool: PostgresPool(
                try Self.configuration(of: database, connections: connections), log: store.logger),
            logger: store.logger)
    }

    private static func configuration(of database: ScratchDatabase, connections: Int) throws
        -> PostgresConfiguration
    {
        var configuration = try database.configuration
        configuration.maximumConnections = connections
        // The machine of a test may be very busy.
        configuration.deadline = .seconds(30)
        configuration.waitLimit = .seconds(30)
        configuration.connectTimeout = .seconds(30)
        return configuration
    }

    package var connector: StandInConnector { StandInConnector(store: store, account: account) }

    /// Takes the inbox until it is empty; returns all events.
    @discardableResult
    package func ingestAll(limit: Int = 500) async throws -> [EventRecord] {
        var events: [EventRecord] = []
        while let report = try await store.ingest(limit: limit) { events += report.events }
        return events
    }

    /// A new chat by the customer's first message, in `waiting`.
    package func newChat(_ chat: String = "100", text: String = "hello", external: String = "1") async throws
        -> Interaction
    {
        try await connector.receive([.text(text, chat: chat, external: external)])
        while true {
            try await ingestAll()
            // A ChatServer of the test may be taking it just now.
            if let found = try await findOpenChat(chat) { return found }
            try await Task.sleep(for: .milliseconds(2))
        }
    }

    /// The customer's open chat as it is now.
    package func openChat(_ chat: String) async throws -> Interaction {
        guard let found = try await findOpenChat(chat) else {
            throw EralinkError(.notFound, "no chat of \(chat) is open")
        }
        return found
    }

    private func findOpenChat(_ chat: String) async throws -> Interaction? {
        let page = try await store.interactions(
            InteractionQuery(text: chat, limit: 200), for: .supervisor("fixture"))
        return page.items.map(\.item).first { $0.customer.externalID == chat && $0.state != .closed }
    }

    /// A chat that is that agent's.
    package func chat(of agent: Actor, _ chat: String = "100") async throws -> Interaction {
        let waiting = try await newChat(chat)
        return try await store.change(waiting.id, version: waiting.version, by: agent, .accept).interaction
    }

    package func send(_ drafts: [OutgoingDraft]) async throws -> SendReceipt {
        try await store.send(drafts) { _, draft in [draft.asItIs] }
    }

    package func messages(of interaction: Interaction) async throws -> [Message] {
        try await store.messages(of: interaction.id, .after(seq: 0), limit: 200, for: .supervisor("fixture")).items
    }

    /// A token of that name; its secret.
    @discardableResult
    package func token(
        _ name: String, _ scopes: [Scope] = [.agent], accounts: [String]? = nil, lifetime: Duration? = nil
    ) async throws -> String {
        let secret = "token-of-\(name)-\(SharedPostgres.randomName())"
        _ = try await store.createToken(
            Secret(secret), name: name, scopes: scopes, accounts: accounts, lifetime: lifetime, by: "test")
        return secret
    }
}

extension DatabaseTemplate {
    /// With the newest schema.
    package static let migrated = DatabaseTemplate("migrated") { url in
        var configuration = try PostgresConfiguration(url: url)
        configuration.connectTimeout = .seconds(30)
        try await PostgresPool.withPool(configuration, log: .silent) { pool in
            _ = try await Store(pool: pool, logger: .silent).migrate()
        }
    }
}

extension NewAccount {
    package static var support: NewAccount { named("support") }

    package static func named(_ name: String) -> NewAccount {
        NewAccount(
            name: name, kind: .telegram, apiURL: "http://127.0.0.1:1", settings: [:], sealedSecret: [1, 2, 3],
            webhookSecret: "hook")
    }
}

extension Actor {
    package static func agent(_ name: String, accounts: Set<String>? = nil) -> Actor {
        Actor(name: name, scopes: [.agent], accounts: accounts)
    }

    package static func supervisor(_ name: String, accounts: Set<String>? = nil) -> Actor {
        Actor(name: name, scopes: [.supervisor], accounts: accounts)
    }
}

extension OutgoingDraft {
    package static func text(
        _ text: String, to interaction: InteractionID, as actor: Actor, msgID: String, replyTo: MessageID? = nil,
        lane: Lane = .live
    ) -> OutgoingDraft {
        OutgoingDraft(
            actor: actor, interaction: interaction, msgID: msgID, body: Array("\(interaction) \(text)".utf8),
            content: .text(TextContent(text: text)), keyboard: nil, replyTo: replyTo, group: nil, lane: lane)
    }
}
