import AgentProtocol
import Domain
import JSON
import Store

// Requests: checked at once, run side by side, answered when their effect is committed.
extension AgentSession {
    func dispatch(_ call: AgentCall) {
        let request: AgentRequest
        do throws(EralinkError) {
            request = try AgentRequest(call)
        } catch {
            // Before hello nothing is told but that hello must come; method names are no secret.
            if phase != .open, call.method != AgentMethod.sessionHello.rawValue { return refuseUngreeted(call.id) }
            return reply(call.id, .failure(error))
        }
        if case .sessionHello(let hello) = request { return greet(hello, call.id) }
        guard phase == .open, let identity else { return refuseUngreeted(call.id) }
        inFlight.insert(call.id)
        let key = request.orderKey
        guard let key else {
            let before = request.changesMessage ? order.everything : []
            // `inFlight` bounds how many there are; they end by themselves, the answer of a closed session goes nowhere.
            Task {
                for task in before { await task.value }
                await run(request, call.id, as: identity.actor)
            }
            return
        }
        let isSend = if case .messageSend = request { true } else { false }
        let ticket = order.ticket(key, isSend: isSend)
        // As above; the order remembers it until it has ended.
        let task = Task {
            for task in ticket.after { await task.value }
            await run(request, call.id, as: identity.actor)
            order.ended(ticket)
        }
        order.began(ticket, isSend: isSend, task)
    }

    private func refuseUngreeted(_ id: RequestID) {
        reply(id, .failure(EralinkError(.unauthorized, "the first request must be session.hello")))
    }

    private func run(_ request: AgentRequest, _ id: RequestID, as actor: Actor) async {
        let result: Result<[UInt8], EralinkError>
        do throws(EralinkError) {
            result = .success(try await answer(request, as: actor))
        } catch {
            result = .failure(error)
        }
        inFlight.remove(id)
        if phase == .open { reply(id, result) }
    }

    private func answer(_ request: AgentRequest, as actor: Actor) async throws(EralinkError) -> [UInt8] {
        switch request {
        // On this actor up to the batcher's queue: so sends get there in the order in which they came.
        case .messageSend(let send):
            return AgentResult.sent(try await server.batcher.send(server.draft(send, request, as: actor)).jsonBytes)
        case .watchStart(let watch): return try await self.watch(watch, on: true, as: actor)
        case .watchStop(let watch): return try await self.watch(watch, on: false, as: actor)
        default: return try await server.methods.answer(request, as: actor)
        }
    }
}

extension AgentRequest {
    /// What the request is put in order by; nil: nothing of its kind can overtake anything.
    var orderKey: InteractionOrder.Key? {
        switch self {
        case .interactionAccept(let accept): .interaction(accept.interaction)
        case .interactionRelease(let leave), .interactionClose(let leave): .interaction(leave.interaction)
        case .interactionTransfer(let transfer): .interaction(transfer.leave.interaction)
        case .messageSend(let send): .interaction(send.interaction)
        case .messageForward(let forward): .interaction(forward.toInteraction)
        case .customerAskPhone(let ask): .interaction(ask.interaction)
        case .readMark(let mark): .interaction(mark.interaction)
        case .interactionStart(let start): .start(account: start.account)
        default: nil
        }
    }

    /// Names a message, not its interaction: it waits for everything that is running.
    var changesMessage: Bool {
        switch self {
        case .messageCancel, .messageRetry, .messageDelete, .messageEdit: true
        default: false
        }
    }
}
