import AgentProtocol
import Domain
import Store

extension StoreFixture {
    /// A whole file of an account, as an upload leaves it.
    @discardableResult
    package func upload(
        _ bytes: [UInt8], name: String = "photo.jpg", mime: String = "image/jpeg", to account: AccountRecord? = nil,
        inPiecesOf piece: Int = 100_000
    ) async throws -> FileID {
        let id = FileID.random()
        try await store.beginUpload(id, account: (account ?? self.account).id, name: name, by: "anna")
        let content = FileContent(of: id, store: store, limit: 1 << 30)
        var rest = bytes[...]
        while !rest.isEmpty {
            try await content.append(Array(rest.prefix(piece)))
            rest = rest.dropFirst(piece)
        }
        try await store.finishUpload(id, name: name, mime: mime, try await content.finish())
        return id
    }

    /// A customer's photo that waits to be fetched; its file.
    package func photo(chat: String = "100", external: String = "10", source: String = "photo-1") async throws -> FileID
    {
        var media = MediaContent(file: .unassigned)
        media.caption = "look"
        try await connector.receive([
            Inbound(
                key: "m/\(chat)/\(external)", chat: chat, providerAt: .now,
                event: .message(
                    IncomingMessage(
                        externalID: external, content: .media(.image, media),
                        file: IncomingFile(source: source, uniqueKey: source, size: 5))))
        ])
        try await ingestAll()
        let chat = try await openChat(chat)
        for message in try await messages(of: chat).reversed() where message.kind == .image {
            if case .media(_, let media)? = try? Content(kind: .image, bytes: message.content) { return media.file }
        }
        throw EralinkError(.internal, "the photo is not in the history")
    }
}

extension OutgoingDraft {
    package static func image(
        _ file: FileID, to interaction: InteractionID, as actor: Actor, msgID: String, caption: String? = nil
    ) -> OutgoingDraft {
        var media = MediaContent(file: file)
        media.caption = caption
        return OutgoingDraft(
            actor: actor, interaction: interaction, msgID: msgID, body: Array("\(interaction) \(file)".utf8),
            content: .media(.image, media), keyboard: nil, replyTo: nil, group: nil
        )
    }
}
