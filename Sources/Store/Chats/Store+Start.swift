import AgentProtocol
import Domain
import Postgres

/// A request to begin (or go on with) a chat from the contact centre's side.
package struct StartDraft: Sendable {
    package enum Address: Sendable, Equatable {
        case externalID(String)
        case phone(String)
    }

    package var actor: Actor
    package var account: String
    package var to: Address
    /// True: a new or waiting chat becomes the actor's own.
    package var take: Bool
    /// Its `interaction` is filled in here.
    package var message: OutgoingDraft?

    package init(actor: Actor, account: String, to: Address, take: Bool, message: OutgoingDraft?) {
        self.actor = actor
        self.account = account
        self.to = to
        self.take = take
        self.message = message
    }
}

package struct StartReceipt: Sendable {
    package var interaction: Interaction
    package var message: Message?
    package var events: [EventRecord]
    package var accounts: Set<String>
}

extension Store {
    /// Makes or takes the chat with a customer and sends the first message, in one transaction: nothing is done by half.
    package func start(_ draft: StartDraft, check: @escaping AdmissionCheck) async throws(EralinkError) -> StartReceipt
    {
        try await asEralinkError { () async throws in
            try await retryingUniqueViolations {
                if let message = draft.message, let known = try await knownStart(message) { return known }
                return try await pool.transaction { tx in
                    let customer = try await customer(for: draft, in: tx)
                    var chat = try await openChat(of: customer, for: draft, in: tx)
                    var events: [EventDraft] = []
                    try Self.settle(&chat, draft, &events)
                    var writes = [PostgresQuery.setState(of: chat.row)]
                    var message: Message?
                    if var outgoing = draft.message {
                        outgoing.interaction = chat.row.interaction.id
                        outgoing.startsChat = true
                        var plan = SendPlan(
                            now: chat.now, chats: [chat.row.interaction.id: chat.row], used: [:],
                            answered: [:], freshIDs: [chat.freshID], check: check)
                        if let files = PostgresQuery.filesToSend([outgoing]) {
                            plan.files = try .init(try await tx.query(files))
                        }
                        switch plan.take(outgoing) {
                        case .accepted(let accepted): message = accepted
                        case .refused(let error): throw error
                        case .known: break
                        }
                        chat.row = plan.chats[chat.row.interaction.id] ?? chat.row
                        let sends = plan.writes()
                        events += plan.events
                        writes += sends[..<plan.eventsIndex] + [.append(events)] + sends[(plan.eventsIndex + 1)...]
                    } else {
                        writes.append(.append(events))
                    }
                    let eventsIndex = draft.message == nil ? 1 : 4
                    let results = try await tx.commit(after: writes)
                    return StartReceipt(
                        interaction: chat.row.interaction, message: message,
                        events: try events.records(from: results[eventsIndex]),
                        accounts: message == nil ? [] : [draft.account])
                }
            }
        }
    }

    /// The answer to a request whose key was used up: what it made, as it is now.
    private func knownStart(_ draft: OutgoingDraft) async throws -> StartReceipt? {
        let result = try await pool.batch([
            "SELECT digest, message_id FROM msg_key WHERE agent = \(draft.actor.name) AND msg_id = \(draft.msgID)"
        ])[0]
        guard let row = result.first else { return nil }
        let (digest, id) = try row.decode([UInt8].self, MessageID.self)
        guard digest == draft.digest else {
            throw EralinkError(
                .conflict, "msg_id \(draft.msgID) was used for another message; choose a fresh one",
                details: [.init("message", id.description)])
        }
        guard let message = try await messages([id])[id] else {
            throw EralinkError.notFound("message \(id) is not in the history any more")
        }
        return StartReceipt(
            interaction: try await interaction(message.interaction, for: draft.actor), message: message, events: [],
            accounts: [])
    }

    private func customer(for draft: StartDraft, in tx: PostgresTransaction) async throws -> CustomerID {
        let account = try await tx.query(
            "SELECT id, kind FROM account WHERE name = \(draft.account) AND removed_at IS NULL")
        guard draft.actor.isGranted(draft.account), let row = account.first else {
            throw EralinkError.notFound("account \(draft.account) does not exist")
        }
        let (id, kind) = try row.decode(AccountID.self, AccountKind.self)
        switch draft.to {
        case .externalID(let external):
            if let problem = kind.problem(withExternalID: external) {
                throw EralinkError(
                    .invalidParams, "to.external_id \(problem)", details: [.init("member", "to.external_id")])
            }
            let results = try await tx.batch([
                """
                INSERT INTO customer (account_id, external_id) VALUES (\(id), \(external))
                ON CONFLICT (account_id, external_id) DO NOTHING
                """,
                "SELECT id FROM customer WHERE account_id = \(id) AND external_id = \(external) FOR UPDATE",
            ])
            return try results[1][0].value(at: 0)
        case .phone(let phone):
            let known = try await tx.query(
                "SELECT customer_id FROM customer_phone WHERE account_id = \(id) AND phone = \(phone)")
            guard let row = known.first else {
                throw EralinkError(
                    .unsupported,
                    "\(kind.channel.rawValue) has no phone addresses, and no customer of "
                        + "\(draft.account) is known by \(phone)",
                    details: [.init("channel", kind.channel.rawValue), .init("feature", "start.phone")])
            }
            let customer: CustomerID = try row.value(at: 0)
            _ = try await tx.query("SELECT 1 FROM customer WHERE id = \(customer) FOR UPDATE")
            return customer
        }
    }

    private struct StartedChat {
        var row: ChatRow
        var isNew: Bool
        var now: Timestamp
        var freshID: MessageID
    }

    private func openChat(
        of customer: CustomerID, for draft: StartDraft, in tx: PostgresTransaction
    ) async throws -> StartedChat {
        let results = try await tx.batch([
            """
            INSERT INTO interaction (account_id, customer_id, state, closed_at)
            SELECT c.account_id, c.id, \(draft.take ? InteractionState.waiting : .closed),
                CASE WHEN NOT \(draft.take) THEN clock_timestamp() END
            FROM customer c WHERE c.id = \(customer) AND NOT EXISTS (
                SELECT FROM interaction i
                WHERE i.account_id = c.account_id AND i.customer_id = c.id AND i.state <> 'closed')
            RETURNING id
            """,
            """
            SELECT \(unescaped: ChatRow.columns) FROM \(unescaped: ChatRow.tables)
            WHERE i.customer_id = \(customer) ORDER BY i.state <> 'closed' DESC, i.id DESC LIMIT 1 FOR UPDATE OF i
            """,
            .logPosition,
        ])
        let row = results[2][0]
        return StartedChat(
            row: try ChatRow(results[1][0]), isNew: !results[0].isEmpty, now: try row.value(at: 0),
            freshID: try row.value(at: 2))
    }

    /// Whose chat it is from now on, and what is told of it.
    private static func settle(
        _ chat: inout StartedChat, _ draft: StartDraft, _ events: inout [EventDraft]
    ) throws(EralinkError) {
        let interaction = chat.row.interaction
        let isMine = interaction.agent == draft.actor.name
        if draft.take {
            if interaction.state == .active {
                if isMine { return }
                throw EralinkError(
                    .conflict, "the customer's chat is served by \(interaction.agent ?? "another")",
                    details: [
                        .init("agent", interaction.agent), .init("version", .integer(interaction.version)),
                        .init("interaction", interaction.id.description),
                    ])
            }
            chat.row.interaction.state = .active
            chat.row.interaction.agent = draft.actor.name
            chat.row.lastAgent = draft.actor.name
            if chat.isNew {
                events.append(chat.row.event(.interactionCreated))
            } else {
                chat.row.interaction.version += 1
                events.append(chat.row.event(.interactionAccepted))
            }
        } else if chat.isNew {
            events.append(chat.row.event(.interactionCreated))
        } else if interaction.state == .active && !isMine && !draft.actor.isSupervisor {
            throw EralinkError(
                .forbidden,
                "the customer's chat is served by \(interaction.agent ?? "another"); a supervisor may write into it")
        }
    }
}

extension PostgresQuery {
    fileprivate static func setState(of chat: ChatRow) -> PostgresQuery {
        """
        UPDATE interaction SET state = \(chat.interaction.state), agent = \(chat.interaction.agent),
            last_agent = \(chat.lastAgent), version = \(chat.interaction.version)
        WHERE id = \(chat.interaction.id)
        """
    }
}

extension AccountKind {
    /// Why a text cannot be a customer's external id at this messenger; nil where it can.
    func problem(withExternalID external: String) -> String? {
        switch self {
        case .telegram, .vk:
            guard let number = Int64(external), number > 0, String(number) == external else {
                return "must be the customer's positive number at \(channel.rawValue)"
            }
            return nil
        case .viber, .ok, .whatsappInfobip, .whatsappMfms: return nil
        }
    }
}
