import AgentProtocol
import Coordination
import Domain
import JSON
import Store

/// The methods that need no session: request in, result out, effects committed and told before it returns.
struct AgentMethods: Sendable {
    let server: ChatServerCore

    private var store: Store { server.store }

    func answer(_ request: AgentRequest, as actor: Actor) async throws(EralinkError) -> [UInt8] {
        switch request {
        case .sessionHello, .watchStart, .watchStop, .messageSend:
            throw EralinkError(.internal, "the session answers this itself")
        case .sessionAck(let ack): return try await acknowledge(ack, as: actor)
        case .presenceSet(let presence): return try await setPresence(presence, as: actor)
        case .interactionsList(let list): return try await store.page(list, for: actor).jsonBytes
        case .interactionGet(let id): return try await store.interaction(id, for: actor).jsonBytes
        case .interactionAccept(let accept):
            let receipt = try await change(accept.interaction, accept.version, .accept, as: actor)
            return AgentResult.accepted(
                receipt.interaction, cursor: Cursor(epoch: server.feed.epoch, position: receipt.position))
        case .interactionRelease(let leave):
            return try await change(leave.interaction, leave.version, .release(note: leave.note), as: actor)
                .interaction.jsonBytes
        case .interactionTransfer(let transfer):
            return try await change(
                transfer.leave.interaction, transfer.leave.version,
                .transfer(to: transfer.to, note: transfer.leave.note),
                as: actor
            ).interaction.jsonBytes
        case .interactionClose(let leave):
            return try await change(leave.interaction, leave.version, .close(note: leave.note), as: actor)
                .interaction.jsonBytes
        case .interactionStart(let start): return try await begin(start, request, as: actor)
        case .messageCancel(let id): return try await finish(try await store.cancel(id, by: actor))
        case .messageRetry(let id): return try await finish(try await store.retry(id, by: actor))
        case .messagesList(let list): return try await store.page(list, for: actor).jsonBytes
        case .typingSet(let typing):
            let account = try await store.setTyping(typing.interaction, on: typing.on, by: actor)
            if typing.on { server.coordination.ring(.outbox(account: account), position: await server.feed.position) }
            return AgentResult.empty
        case .readMark(let mark):
            let events = try await store.markRead(mark.interaction, upTo: mark.seq, by: actor)
            await server.batcher.publish(events, accounts: [])
            return AgentResult.empty
        case .customerGet(let id): return try await store.customer(id, for: actor).jsonBytes
        case .customerUpdate(let update):
            let (customer, events) = try await store.update(
                update.customer,
                CustomerChange(name: update.name, note: update.note, attributes: update.attributes), by: actor)
            await server.batcher.publish(events, accounts: [])
            return customer.jsonBytes
        case .capabilitiesGet(let get):
            return try await store.capabilities(get, for: actor, server.settings.capabilities).jsonBytes
        case .agentsList:
            return AgentResult.agents(try await store.agents(for: actor).map(\.presence))
        case .messageEdit(let edit): throw try await later("message.edit", message: edit.message, as: actor)
        case .messageDelete(let id): throw try await later("message.delete", message: id, as: actor)
        case .messageForward(let forward):
            throw try await later("message.forward", message: forward.message, as: actor)
        case .customerAskPhone(let ask):
            _ = try await store.interaction(ask.interaction, for: actor)
            throw unsupported("customer.ask_phone")
        case .callbackAnswer: throw unsupported("callback.answer")
        case .fileLink(let link): return try await self.link(link, as: actor)
        }
    }

    private func later(
        _ method: String, message: MessageID, as actor: Actor
    ) async throws(EralinkError) -> EralinkError {
        _ = try await store.interactionOfMessage(message, for: actor)
        return unsupported(method)
    }

    private func unsupported(_ method: String) -> EralinkError {
        EralinkError(
            .unsupported, "\(method) is not supported by this version", details: [.init("feature", method)])
    }

    // MARK: sessions and agents

    private func acknowledge(_ ack: SessionAck, as actor: Actor) async throws(EralinkError) -> [UInt8] {
        let log = try await store.logState()
        guard ack.cursor.epoch == log.epoch, ack.cursor.position <= log.last else {
            throw EralinkError(
                .invalidParams, "cursor does not name a position of this log", details: [.init("member", "cursor")])
        }
        try await store.acknowledge(ack.cursor, by: actor.name)
        return AgentResult.empty
    }

    private func setPresence(_ presence: PresenceSet, as actor: Actor) async throws(EralinkError) -> [UInt8] {
        _ = try await store.setPresence(presence.state, reason: presence.reason, of: actor.name)
        server.coordination.ring(.events, position: await server.feed.position)
        return AgentResult.empty
    }

    // MARK: interactions

    private func change(
        _ id: InteractionID, _ version: Int64, _ change: InteractionChange, as actor: Actor
    ) async throws(EralinkError) -> InteractionReceipt {
        let receipt = try await store.change(id, version: version, by: actor, change)
        await server.batcher.publish(receipt.events, accounts: [])
        return receipt
    }

    private func begin(
        _ start: InteractionStart, _ request: AgentRequest, as actor: Actor
    ) async throws(EralinkError) -> [UInt8] {
        var message: OutgoingDraft?
        if let body = start.body, let msgID = start.msgID {
            message = OutgoingDraft(
                actor: actor, interaction: InteractionID(0), msgID: msgID, body: request.idempotencyBody ?? [],
                content: body.content, keyboard: body.keyboard, replyTo: nil, group: nil)
        }
        let to: StartDraft.Address =
            switch start.to {
            case .externalID(let external): .externalID(external)
            case .phone(let phone): .phone(phone)
            }
        let receipt = try await store.start(
            StartDraft(actor: actor, account: start.account, to: to, take: start.take, message: message),
            check: Admission.check(server.settings.capabilities))
        await server.batcher.publish(receipt.events, accounts: receipt.accounts)
        return AgentResult.started(receipt.interaction, message: receipt.message?.jsonBytes)
    }

    // MARK: messages

    private func finish(_ receipt: MessageReceipt) async throws(EralinkError) -> [UInt8] {
        await server.batcher.publish(receipt.events, accounts: [receipt.account])
        return receipt.message.jsonBytes
    }
}
