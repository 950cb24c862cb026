import AgentProtocol
import Coordination
import Domain
import JSON
import Store
import Web

// `session.hello`: who is it, from where on does it listen (agent-api.md, "Connection").
extension AgentSession {
    func greet(_ hello: SessionHello, _ id: RequestID) {
        guard case .opening = phase else {
            return reply(id, .failure(EralinkError(.conflict, "session.hello came already")))
        }
        phase = .greeting
        inFlight.insert(id)
        // Ends by itself; a session that is closed meanwhile gets no answer.
        Task {
            do throws(EralinkError) {
                let result = try await greetedInTurn(hello)
                guard case .greeting = phase, let identity else { return }
                phase = .open
                server.coordination.agentOnline(identity.actor.name, session: self.id)
                inFlight.remove(id)
                reply(id, .success(result))
                await pump()
            } catch {
                inFlight.remove(id)
                guard case .greeting = phase else { return }
                phase = .opening
                reply(id, .failure(error))
                if error.code == .rateLimited { close(.tooMuchInFlight, retryAfter: error.retryAfterMilliseconds) }
                if error.code == .unauthorized { close(.unauthorized) }
            }
        }
    }

    private func greetedInTurn(_ hello: SessionHello) async throws(EralinkError) -> [UInt8] {
        await server.hellos.enter()
        defer { server.hellos.leave() }
        // Gone while it waited.
        guard case .greeting = phase else { throw EralinkError(.unavailable, "the session is closed") }
        return try await greeted(hello)
    }

    private func greeted(_ hello: SessionHello) async throws(EralinkError) -> [UInt8] {
        if let inFrame = hello.token, let headerToken, inFrame != headerToken {
            throw EralinkError(
                .invalidParams, "token differs from the Authorization header", details: [.init("member", "token")])
        }
        guard let secret = hello.token ?? headerToken else {
            throw EralinkError(.unauthorized, "a token is needed: in the Authorization header, or as token")
        }
        guard let token = try await server.store.token(secret) else {
            throw EralinkError(.unauthorized, "the token is not known, or has ended")
        }
        let actor = token.actor
        let watch = try await server.checked(hello.watch, for: actor)
        let log = try await server.store.logState()
        let (start, recovered) = try await self.start(hello.cursor, log, agent: actor.name)
        let own = try await server.store.page(
            InteractionsList(state: .active, agent: actor.name, limit: AgentLimits.pageMax), for: actor)
        guard case .greeting = phase else { throw EralinkError(.unavailable, "the session is closed") }
        try server.registry.greeted(self, token: token, exclusive: hello.exclusive, mark: log.agentMark)
        identity = Identity(actor: actor, token: token)
        filter = EventFilter(agent: actor.name, accounts: actor.accounts)
        filter.watch = watch
        position = start
        let accounts: [String]
        do throws(EralinkError) {
            if hello.exclusive { try await server.announceExclusive(actor.name, session: id) }
            accounts = try await server.accountNames(of: actor)
        } catch {
            server.registry.ungreeted(self)
            throw error
        }
        let next: PageToken? = if case .page(let token) = own.next { token } else { nil }
        return HelloResult(
            agent: actor.name, scopes: token.scopes, accounts: accounts, session: id,
            serverTime: log.now, filesURL: server.settings.filesURL,
            cursor: Cursor(epoch: log.epoch, position: log.last), recovered: recovered,
            interactions: own.items, interactionsNext: next
        ).jsonBytes
    }

    /// The position after which the session listens, and whether nothing is missing there.
    private func start(
        _ wanted: SessionStart?, _ log: LogState, agent: String
    ) async throws(EralinkError) -> (position: Int64, recovered: Bool) {
        switch wanted {
        case nil: return (log.last, true)
        case .last:
            guard let acknowledged = try await server.store.acknowledged(by: agent) else { return (log.last, true) }
            return resume(acknowledged, log)
        case .after(let cursor): return resume(cursor, log)
        case .at(let moment):
            guard moment <= log.now else {
                throw EralinkError(.invalidParams, "cursor lies in the future", details: [.init("member", "cursor")])
            }
            let position = try await server.store.position(before: moment)
            return (position, true)
        }
    }

    private func resume(_ cursor: Cursor, _ log: LogState) -> (position: Int64, recovered: Bool) {
        guard cursor.epoch == log.epoch, cursor.position <= log.last, cursor.position >= log.floor else {
            return (log.last, false)
        }
        return (cursor.position, true)
    }

    // MARK: watches

    func watch(_ watch: WatchFilter, on: Bool, as actor: Actor) async throws(EralinkError) -> [UInt8] {
        let checked = try await server.checked(watch, for: actor)
        if on {
            filter.watch.accounts.formUnion(checked.accounts)
            filter.watch.interactions.formUnion(checked.interactions)
            filter.watch.agents.formUnion(checked.agents)
        } else if watch.isEmpty {
            filter.watch = .init()
        } else {
            filter.watch.accounts.subtract(checked.accounts)
            filter.watch.interactions.subtract(checked.interactions)
            filter.watch.agents.subtract(checked.agents)
        }
        let handedOut = await server.feed.change(id, filter: filter)
        return AgentResult.watching(from: Cursor(epoch: server.feed.epoch, position: max(handedOut, position)))
    }
}
