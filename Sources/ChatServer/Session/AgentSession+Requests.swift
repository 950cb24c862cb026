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
        guard let place = request.place else {
            if let job = readings.arrived(.init(request: request, id: call.id)) { read(job, as: identity.actor) }
            return
        }
        start(
            order.arrived(.init(request: request, id: call.id, place: place, isSend: request.isSend)),
            as: identity.actor)
    }

    private func read(_ job: ReadingQueue.Job, as actor: Actor) {
        // `inFlight` bounds how many there are; they end by themselves, the answer of a closed session goes nowhere.
        Task {
            var next: ReadingQueue.Job? = job
            while let job = next {
                await run(job.request, job.id, as: actor)
                next = readings.ended()
            }
        }
    }

    /// Tasks of an actor on an event loop begin in the order in which they were made: so sends reach the batcher in order.
    private func start(_ jobs: [RequestOrder.Job], as actor: Actor) {
        for job in jobs {
            // As above.
            Task {
                await run(job.request, job.id, as: actor)
                start(order.ended(job), as: actor)
            }
        }
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
        // On this actor up to the batcher's queue.
        case .messageSend(let send):
            return AgentResult.sent(try await server.batcher.send(server.draft(send, request, as: actor)).jsonBytes)
        case .watchStart(let watch): return try await self.watch(watch, on: true, as: actor)
        case .watchStop(let watch): return try await self.watch(watch, on: false, as: actor)
        default: return try await server.methods.answer(request, as: actor)
        }
    }
}
