import Domain
import Logging
import Store
import Web

/// Ends sessions whose time is over: no hello, token revoked or expired; and keeps idle clients' cursors fresh.
struct SessionKeeper: Sendable {
    let core: ChatServerCore

    func run() async {
        var round = 0
        let pause = min(.seconds(1), core.settings.helloWithin)
        while !Task.isCancelled {
            try? await Task.sleep(for: pause)
            round += 1
            core.registry.closeUngreeted(after: core.settings.helloWithin)
            core.metrics.sessions.set(Double(core.registry.count))
            if round.isMultiple(of: 2) { await closeEnded() }
            if round.isMultiple(of: 15) {
                for (session, _) in core.registry.greeted { await session.considerLive() }
            }
        }
    }

    private func closeEnded() async {
        let tokens = Set(core.registry.greeted.map(\.token.id))
        guard !tokens.isEmpty else { return }
        do throws(EralinkError) {
            core.registry.close(tokens: Set(try await core.store.endedTokens(among: tokens.sorted())))
        } catch {
            core.logger.warning("tokens cannot be checked", metadata: ["error": "\(error)"])
        }
    }
}
