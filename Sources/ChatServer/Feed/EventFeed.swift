import AgentProtocol
import Domain
import Logging
import Store

/// The ChatServer's place at the end of the event log: it reads each event once and hands it to the sessions that may see it.
///
/// Own commits come without a read where they follow on what was handed out last; everything else is read from the log, woken
/// by the bell or, at the latest, by the poll.
actor EventFeed {
    private struct Subscription {
        var filter: EventFilter
        weak var subscriber: (any FeedSubscriber)?
    }

    nonisolated let epoch: String
    private let store: Store
    private let logger: Logger
    private let onEvent: @Sendable (EventRecord) -> Void
    private(set) var position: Int64
    private var subscriptions: [String: Subscription] = [:]
    private var byAgent: [String: Set<String>] = [:]
    private var watching: Set<String> = []
    private var isReading = false
    private var readAgain = false

    /// How many events one read of the log takes.
    static let page = 500

    init(
        store: Store, epoch: String, position: Int64, logger: Logger,
        onEvent: @escaping @Sendable (EventRecord) -> Void
    ) {
        self.store = store
        self.epoch = epoch
        self.position = position
        self.logger = logger
        self.onEvent = onEvent
    }

    // MARK: subscribers

    /// Subscribes a session, if nothing was handed out past `position`: then it has missed nothing. False: it must read on.
    func join(_ id: String, at position: Int64, filter: EventFilter, _ subscriber: any FeedSubscriber) -> Bool {
        guard self.position <= position else { return false }
        leave(id)
        subscriptions[id] = Subscription(filter: filter, subscriber: subscriber)
        if let agent = filter.agent { byAgent[agent, default: []].insert(id) }
        if !filter.watch.isEmpty { watching.insert(id) }
        return true
    }

    /// Changes what a subscribed session sees; returns the position from which on it does.
    func change(_ id: String, filter: EventFilter) -> Int64 {
        if subscriptions[id] != nil {
            subscriptions[id]?.filter = filter
            if filter.watch.isEmpty { watching.remove(id) } else { watching.insert(id) }
        }
        return position
    }

    func leave(_ id: String) {
        guard let subscription = subscriptions.removeValue(forKey: id) else { return }
        watching.remove(id)
        if let agent = subscription.filter.agent {
            byAgent[agent]?.remove(id)
            if byAgent[agent]?.isEmpty == true { byAgent[agent] = nil }
        }
    }

    // MARK: events

    /// Takes the events of a commit of our own, in the log's order.
    func own(_ records: [EventRecord]) async {
        guard let last = records.last, last.position > position else { return }
        let followOn = records.enumerated().allSatisfy { $1.position == position + 1 + Int64($0) }
        // While a page is being read, what it holds comes first.
        if followOn && !isReading { handOut(records) } else { await look() }
    }

    /// Looks whether the log went on up to `known`; nil: as far as it goes.
    func look(upTo known: Int64? = nil) async {
        if let known, known <= position { return }
        if isReading {
            readAgain = true
            return
        }
        isReading = true
        defer { isReading = false }
        repeat {
            readAgain = false
            do throws(EralinkError) {
                while true {
                    let records = try await store.events(after: position, limit: Self.page)
                    handOut(records)
                    if records.count < Self.page { break }
                }
            } catch {
                logger.warning("the event log cannot be read", metadata: ["error": "\(error)"])
                return
            }
        } while readAgain
    }

    private func handOut(_ records: [EventRecord]) {
        var batches: [String: [FeedEvent]] = [:]
        for record in records where record.position > position {
            position = record.position
            onEvent(record)
            let targets = targets(of: record)
            if targets.isEmpty { continue }
            let event = FeedEvent(record, epoch: epoch)
            for id in targets { batches[id, default: []].append(event) }
        }
        for (id, events) in batches {
            if let subscriber = subscriptions[id]?.subscriber { subscriber.deliver(events) } else { leave(id) }
        }
    }

    private func targets(of record: EventRecord) -> [String] {
        var candidates = watching
        if record.isForEveryone {
            candidates.formUnion(subscriptions.keys)
        } else {
            if let agent = record.agent { candidates.formUnion(byAgent[agent] ?? []) }
            if let sender = record.sender { candidates.formUnion(byAgent[sender] ?? []) }
        }
        return candidates.filter { subscriptions[$0]?.filter.admits(record) == true }
    }
}
