import AgentProtocol
import Coordination
import Domain
import Logging
import Store
import Web

/// What the sessions of one ChatServer share.
final class ChatServerCore: Sendable {
    let settings: ChatServerSettings
    let store: Store
    let coordination: any Coordination
    let feed: EventFeed
    let batcher: SendBatcher
    let registry: SessionRegistry
    let hellos = HelloLine()
    let metrics: ChatMetrics
    let logger: Logger

    init(
        settings: ChatServerSettings, store: Store, coordination: any Coordination, log: LogState,
        metrics: MetricsRegistry, logger: Logger
    ) {
        self.settings = settings
        self.store = store
        self.coordination = coordination
        self.logger = logger
        registry = SessionRegistry(perToken: settings.sessionsPerToken)
        self.metrics = ChatMetrics(metrics, store: store, coordination: coordination)
        let served = ServedChats(registry: registry, coordination: coordination, node: settings.node)
        feed = EventFeed(store: store, epoch: log.epoch, position: log.last, logger: logger) { served.heard($0) }
        batcher = SendBatcher(
            store: store, feed: feed, coordination: coordination, check: Admission.check(settings.capabilities),
            metrics: self.metrics, logger: logger)
    }

    var methods: AgentMethods { AgentMethods(server: self) }

    func makeSessionID() -> String { Identifier.random() }

    /// Our own clock, for what is not kept; what is kept has the database's.
    func clock() -> Timestamp { Timestamp.now }

    func draft(_ send: MessageSend, _ request: AgentRequest, as actor: Actor) -> OutgoingDraft {
        OutgoingDraft(
            actor: actor, interaction: send.interaction, msgID: send.msgID, body: request.idempotencyBody ?? [],
            content: send.body.content, keyboard: send.body.keyboard, replyTo: send.replyTo, group: send.group,
            adapt: send.body.adapt)
    }

    /// What an account's channel can do; nil where there is no connector for its kind.
    func channel(_ account: AccountReference) -> Capabilities? {
        settings.capabilities(account.kind, account.settings)
    }

    /// The accounts that an actor may see, by name.
    func accountNames(of actor: Actor) async throws(EralinkError) -> [String] {
        try await store.accounts().map(\.name).filter(actor.isGranted)
    }

    /// A watch, if the actor may have it: supervisors only, and only what they are granted.
    func checked(_ watch: WatchFilter?, for actor: Actor) async throws(EralinkError) -> EventFilter.Watch {
        var checked = EventFilter.Watch()
        guard let watch, !watch.isEmpty else { return checked }
        guard actor.isSupervisor else {
            throw EralinkError(.forbidden, "only a supervisor may watch the chats of others")
        }
        if !watch.accounts.isEmpty {
            let known = Set(try await accountNames(of: actor))
            if let strange = watch.accounts.first(where: { !known.contains($0) }) {
                throw EralinkError(.notFound, "account \(strange) does not exist")
            }
        }
        for interaction in watch.interactions { _ = try await store.interaction(interaction, for: actor) }
        checked.accounts = Set(watch.accounts)
        checked.interactions = Set(watch.interactions)
        checked.agents = Set(watch.agents)
        return checked
    }

    func announceExclusive(_ agent: String, session: String) async throws(EralinkError) {
        let change = try await store.setExclusive(session: session, of: agent)
        registry.becameExclusive(session, of: agent, change: change)
        coordination.ring(.events, position: await feed.position)
    }
}
