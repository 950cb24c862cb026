import Coordination
import Domain
import Store

/// What a connector does to the database, without a messenger behind it.
package struct StandInConnector: Sendable {
    package let store: Store
    package let account: AccountRecord
    /// Rung as a connector rings; nil: the ChatServers find by polling.
    package var coordination: (any Coordination)?

    package init(store: Store, account: AccountRecord, coordination: (any Coordination)? = nil) {
        self.store = store
        self.account = account
        self.coordination = coordination
    }

    /// Stores what customers did; the inbox's last id, nil where nothing was new.
    @discardableResult
    package func receive(_ items: [Inbound]) async throws -> Int64? {
        let last = try await store.storePushed(items, account: account.id)
        if let last { coordination?.ring(.inbox, position: last) }
        return last
    }

    package func queued(_ lane: Lane = .live, limit: Int = 1000) async throws -> [QueuedPart] {
        try await store.queuedParts(of: account.id, lane: lane, after: nil, limit: limit)
    }

    /// Takes the account's lease.
    package func lead(as holder: String = "connector", term: Duration = .seconds(60)) async throws -> LeaseProof {
        let lease = try await store.holdLease(of: account.id, as: holder, host: "test", term: term)
        guard lease.holder == holder else { throw EralinkError.leaseLost }
        return LeaseProof(account: account.id, epoch: lease.epoch)
    }

    /// Claims parts and records what came of each attempt.
    package func attempt(
        _ parts: [QueuedPart], by proof: LeaseProof, deadline: Duration = .seconds(60),
        _ outcome: (QueuedPart, ClaimedPart) -> AttemptRecord
    ) async throws {
        let claimed = try await store.claim(parts.map(\.id), deadline: deadline, by: proof)
        let byID = Dictionary(claimed.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        let records = parts.compactMap { part in byID[part.id].map { outcome(part, $0) } }
        let last = try await store.record(records, account: account.id, epoch: proof.epoch, holder: "connector")
        if let last { coordination?.ring(.inbox, position: last) }
    }

    /// Sends everything that waits in the live lane; how many parts there were.
    @discardableResult
    package func sendAll(by proof: LeaseProof) async throws -> Int {
        let parts = try await queued()
        if parts.isEmpty { return 0 }
        try await attempt(parts, by: proof) { .sent($0, $1, external: "sent-\($0.id)") }
        return parts.count
    }
}

extension AttemptRecord {
    package static func of(
        _ part: QueuedPart, _ claim: ClaimedPart, _ verdict: Verdict, _ outcome: String, external: String? = nil,
        reason: Reason? = nil, blocked: Bool = false
    ) -> AttemptRecord {
        AttemptRecord(
            part: part.id, attempt: claim.attempt, number: claim.number, message: part.part.message,
            partNumber: part.part.number, chat: part.part.chat, startedAt: claim.startedAt, verdict: verdict,
            outcome: outcome, externalID: external, reason: reason, blocked: blocked)
    }

    package static func sent(_ part: QueuedPart, _ claim: ClaimedPart, external: String) -> AttemptRecord {
        of(part, claim, .settled(.sent), "sent", external: external)
    }
}

extension Inbound {
    /// A customer's text. Its key is made of chat and external id, unless one is given.
    package static func text(
        _ text: String, chat: String, external: String, key: String? = nil, profile: CustomerProfile? = nil,
        reply: IncomingMessage.Reply? = nil
    ) -> Inbound {
        Inbound(
            key: key ?? "m/\(chat)/\(external)", chat: chat, profile: profile, providerAt: .now,
            event: .message(
                IncomingMessage(externalID: external, content: .text(TextContent(text: text)), replyTo: reply)))
    }

    package static func edit(_ text: String, chat: String, external: String, key: String) -> Inbound {
        Inbound(
            key: key, chat: chat, providerAt: .now,
            event: .edit(IncomingMessage(externalID: external, content: .text(TextContent(text: text)))))
    }

    package static func blocked(_ blocked: Bool, chat: String, key: String) -> Inbound {
        Inbound(key: key, chat: chat, event: .blocked(blocked))
    }

    package static func receipt(
        _ state: DeliveryState, external: String, chat: String, key: String, reason: Reason? = nil
    ) -> Inbound {
        Inbound(
            key: key, chat: chat,
            event: .status(StatusReport(subject: .external(external), state: state, reason: reason)))
    }
}
