import AgentProtocol
import Domain
import JSON
import Store

// `message.forward`: by the messenger itself within an account that can, else as a message of its own.
extension AgentMethods {
    func forward(
        _ forward: MessageForward, _ request: AgentRequest, as actor: Actor
    ) async throws(EralinkError) -> [UInt8] {
        var draft = OutgoingDraft(
            actor: actor, interaction: forward.toInteraction, msgID: forward.msgID,
            body: request.idempotencyBody ?? [], content: .text(TextContent(text: "")), keyboard: nil, replyTo: nil,
            group: nil, adapt: .fallback)
        if let known = try await store.known(draft.msgID, digest: draft.digest, of: actor.name) {
            return AgentResult.sent(known.jsonBytes)
        }
        let source = try await store.forwardable(forward.message, for: actor)
        let target = try await store.chat(forward.toInteraction, for: actor)
        if source.message.deletedAt != nil {
            throw EralinkError(
                .conflict, "message \(forward.message) is deleted", details: [.init("state", "deleted")])
        }
        guard let channel = server.channel(target.account), channel.forward != .no else {
            throw EralinkError(
                .unsupported("message.forward", "messages cannot be forwarded there"), target.account)
        }
        let content = try content(of: source.message, target.account)
        draft.forwardedFrom = source.origin
        if channel.forward == .native, source.account.id == target.account.id, let by = source.source {
            draft.forward = by
            draft.become(content)
            return AgentResult.sent(try await server.batcher.send(draft).jsonBytes)
        }
        guard source.message.kind.canBeSent else {
            throw EralinkError(
                .unsupported(
                    source.message.kind.rawValue, "a \(source.message.kind.rawValue) cannot be sent as a copy"),
                target.account)
        }
        // Nothing is copied for a send that will be refused.
        let mayWrite =
            target.interaction.state != .closed && (target.interaction.agent == actor.name || actor.isSupervisor)
        draft.become(
            mayWrite && source.account.id != target.account.id
                ? try await copy(content, source.account, target.account, as: actor) : content)
        return AgentResult.sent(try await server.batcher.send(draft).jsonBytes)
    }

    private func content(of message: Message, _ target: AccountReference) throws(EralinkError) -> Content {
        switch message.kind {
        case .callback, .system: break
        default: if let content = try? Content(kind: message.kind, bytes: message.content) { return content }
        }
        throw EralinkError(
            .unsupported(message.kind.rawValue, "a \(message.kind.rawValue) cannot be forwarded"), target)
    }

    private func copy(
        _ content: Content, _ source: AccountReference, _ target: AccountReference, as actor: Actor
    ) async throws(EralinkError) -> Content {
        guard case .media(let kind, var media) = content else { return content }
        media.file = try await store.copyFile(media.file, from: source.id, to: target.id, by: actor)
        return .media(kind, media)
    }
}
