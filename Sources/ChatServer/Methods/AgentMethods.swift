import AgentProtocol
import Coordination
import Domain
import JSON
import Store

/// The methods that need no session: request in, result out, effects committed and told before it returns.
struct AgentMethods: Sendable {
    let server: ChatServerCore

    var store: Store { server.store }

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
            let events = try await store.markRead(
                mark.interaction, upTo: mark.seq, by: actor, over: server.channel)
            // The connector may have the messenger told.
            let account = events.first?.accountName
            await server.batcher.publish(events, accounts: Set([account].compactMap(\.self)))
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
        case .messageEdit(let edit): return try await self.edit(edit, as: actor)
        case .messageDelete(let id):
            return try await finish(try await store.change(id, .delete, by: actor, over: server.channel))
        case .messageForward(let forward): return try await self.forward(forward, request, as: actor)
        case .customerAskPhone(let ask): return try await askPhone(ask, request, as: actor)
        case .callbackAnswer(let answer):
            let account = try await store.answer(
                answer.callback, text: answer.text, alert: answer.alert, by: actor, over: server.channel)
            server.coordination.ring(.outbox(account: account), position: await server.feed.position)
            return AgentResult.empty
        case .fileLink(let link): return try await self.link(link, as: actor)
        }
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
                content: body.content, keyboard: body.keyboard, replyTo: nil, group: nil, adapt: body.adapt)
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

    private func edit(_ edit: MessageEdit, as actor: Actor) async throws(EralinkError) -> [UInt8] {
        let change: MessageChange =
            switch edit.change {
            case .text(let text): .text(text, keyboard: edit.keyboard)
            case .caption(let caption): .caption(caption, keyboard: edit.keyboard)
            }
        return try await finish(try await store.change(edit.message, change, by: actor, over: server.channel))
    }

    private func askPhone(
        _ ask: CustomerAskPhone, _ request: AgentRequest, as actor: Actor
    ) async throws(EralinkError) -> [UInt8] {
        let chat = try await store.chat(ask.interaction, for: actor)
        guard server.channel(chat.account)?.phone == .button else {
            throw EralinkError(
                .unsupported("customer.ask_phone", "the channel has no button that asks for the phone"), chat.account)
        }
        let language = chat.interaction.customer.language
        let draft = OutgoingDraft(
            actor: actor, interaction: ask.interaction, msgID: ask.msgID, body: request.idempotencyBody ?? [],
            content: .text(TextContent(text: ask.text ?? AskPhone.text(language))),
            keyboard: AskPhone.keyboard(language), replyTo: nil, group: nil)
        return AgentResult.sent(try await server.batcher.send(draft).jsonBytes)
    }

    private func finish(_ receipt: MessageReceipt) async throws(EralinkError) -> [UInt8] {
        await server.batcher.publish(receipt.events, accounts: [receipt.account])
        return receipt.message.jsonBytes
    }
}
