import AgentProtocol
import Domain
import JSON

// Pages as the agent API and the Loader give them: cut by count and by the bytes of a frame.
extension Store {
    package func page(_ list: InteractionsList, for actor: Actor) async throws(EralinkError) -> Page {
        let (items, next) = try await interactions(
            InteractionQuery(
                from: list.from, to: list.to, state: list.state, account: list.account, agent: list.agent,
                text: list.query, limit: list.limit, page: list.page), for: actor)
        let encoded = items.map(\.item.jsonBytes)
        let count = Page.fitting(encoded.map(\.count))
        if count < items.count { return Page(items: Array(encoded[..<count]), next: .page(items[count - 1].token)) }
        return Page(items: encoded, next: next.map(Page.Next.page) ?? .end)
    }

    package func page(_ list: MessagesList, for actor: Actor) async throws(EralinkError) -> Page {
        let (items, more) = try await messages(
            of: list.interaction, list.bound, limit: list.limit, for: actor)
        let encoded = items.map(\.jsonBytes)
        switch list.bound {
        case .after:
            let count = Page.fitting(encoded.map(\.count))
            guard let last = items[..<count].last, more || count < items.count else {
                return Page(items: encoded, next: .end)
            }
            return Page(items: Array(encoded[..<count]), next: .seq(last.seq))
        case .none, .before:
            // What lies farthest from the bound, the oldest, is what is left for the next page.
            let count = Page.fitting(encoded.reversed().map(\.count))
            let kept = items.suffix(count)
            guard let first = kept.first, more || count < items.count else { return Page(items: encoded, next: .end) }
            return Page(items: Array(encoded.suffix(count)), next: .seq(first.seq))
        }
    }

    /// What the channels of the actor's accounts can do.
    package func capabilities(
        _ get: CapabilitiesGet, for actor: Actor,
        _ capabilities: @Sendable (AccountKind, _ settings: [String: String]) -> Capabilities?
    ) async throws(EralinkError) -> CapabilitiesAnswer {
        let accounts = try await accounts(named: get.account).filter { actor.isGranted($0.name) }
        if let name = get.account, accounts.isEmpty { throw EralinkError.notFound("account \(name) does not exist") }
        return CapabilitiesAnswer(
            accounts: accounts.compactMap { account in
                capabilities(account.kind, account.settings).map {
                    .init(
                        account: account.name, channel: account.kind.channel, provider: account.kind.provider,
                        capabilities: $0)
                }
            })
    }
}
