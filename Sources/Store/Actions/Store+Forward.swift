import AgentProtocol
import Domain
import Postgres

/// A message that is to be forwarded, and the chat that it is in.
package struct ForwardableMessage: Sendable {
    package var message: Message
    package var account: AccountReference
    package var customer: Customer

    /// By which the messenger forwards it, where it is one message there.
    package var source: OutgoingPart.ForwardSource? {
        guard message.parts.count == 1, let external = message.parts.first?.externalID else { return nil }
        return OutgoingPart.ForwardSource(chat: customer.externalID, externalID: external)
    }

    /// Where it comes from: what it was forwarded from itself, else who wrote it.
    package var origin: ForwardOrigin {
        if let earlier = message.forwardedFrom { return earlier }
        let author = message.direction == .incoming ? customer.name : message.agent
        return ForwardOrigin(
            name: author, externalID: message.parts.first?.externalID, at: message.providerAt ?? message.at)
    }
}

extension Store {
    package func forwardable(_ id: MessageID, for actor: Actor) async throws(EralinkError) -> ForwardableMessage {
        let interaction = try await interactionOfMessage(id, for: actor)
        let chat = try await chat(interaction, for: actor)
        return try await asEralinkError { () async throws in
            guard let message = try await messages([id])[id] else {
                throw EralinkError.notFound("message \(id) does not exist")
            }
            return ForwardableMessage(message: message, account: chat.account, customer: chat.interaction.customer)
        }
    }

    /// An interaction and the account that it is over.
    package func chat(
        _ id: InteractionID, for actor: Actor
    ) async throws(EralinkError) -> (interaction: Interaction, account: AccountReference) {
        try await asEralinkError { () async throws in
            let result = try await pool.query(
                "SELECT \(unescaped: ChatRow.columns) FROM \(unescaped: ChatRow.tables) WHERE i.id = \(id)")
            guard let row = result.first, case let chat = try ChatRow(row), actor.isGranted(chat.account.name) else {
                throw EralinkError.notFound("interaction \(id) does not exist")
            }
            return (chat.interaction, chat.account)
        }
    }

    /// The message that a request made whose key was used up by it; nil where the key is free.
    ///
    /// Throws `conflict` where the key was used for another request.
    package func known(_ msgID: String, digest: [UInt8], of agent: String) async throws(EralinkError) -> Message? {
        try await asEralinkError { () async throws in
            let result = try await pool.query(
                "SELECT digest, message_id FROM msg_key WHERE agent = \(agent) AND msg_id = \(msgID)")
            guard let row = result.first else { return nil }
            let (known, id) = try row.decode([UInt8].self, MessageID.self)
            guard known == digest else {
                throw EralinkError(
                    .conflict, "msg_id \(msgID) was used for another message; choose a fresh one",
                    details: [.init("message", id.description)])
            }
            guard let message = try await messages([id])[id] else {
                throw EralinkError.notFound("message \(id) is not in the history any more")
            }
            return message
        }
    }

    /// Copies a file into another account: an upload there, which lives a day unless it is sent.
    ///
    /// Throws `conflict` (details `state`) where its bytes are not there.
    package func copyFile(
        _ id: FileID, from source: AccountID, to target: AccountID, by actor: Actor
    ) async throws(EralinkError) -> FileID {
        let copy = FileID.random()
        try await asEralinkError { () async throws in
            try await pool.transaction { tx in
                let found = try await tx.query(
                    "SELECT state FROM file WHERE id = \(id) AND account_id = \(source) FOR SHARE")
                guard let row = found.first else { throw EralinkError.notFound("file \(id) does not exist") }
                let state: String = try row.value(at: 0)
                guard state == FileState.ready.rawValue else {
                    throw EralinkError(.conflict, "file \(id) is \(state)", details: [.init("state", state)])
                }
                _ = try await tx.commit(after: [
                    """
                    INSERT INTO file (id, account_id, role, state, name, mime, size, width, height, sha256, uploader, ready_at)
                    SELECT \(copy), \(target), 'upload', state, name, mime, size, width, height, sha256, \(actor.name),
                        clock_timestamp()
                    FROM file WHERE id = \(id)
                    """,
                    "INSERT INTO file_chunk (file_id, n, data) SELECT \(copy), n, data FROM file_chunk WHERE file_id = \(id)",
                ])
            }
        }
        return copy
    }
}
