import Domain
import Logging
import Store

/// Returns the chats of agents who have been away for too long to waiting (setting `agent.release_after`, off by default). Who
/// has a session on any ChatServer is noted in the database, so that one that dies takes nobody's chats away.
struct Abandonment: Sendable {
    let core: ChatServerCore
    let patience: Duration

    func run() async {
        let interval = min(.seconds(5), patience / 3)
        let system = Actor(name: "eralink", scopes: [.supervisor], accounts: nil)
        while !Task.isCancelled {
            do throws(EralinkError) {
                try await core.store.seen(Array(Set(core.registry.greeted.map(\.token.name))))
                for (interaction, version) in try await core.store.abandoned(for: patience) {
                    await release(interaction, version, by: system)
                }
            } catch {
                core.logger.warning("abandoned chats cannot be looked for", metadata: ["error": "\(error)"])
            }
            try? await Task.sleep(for: interval)
        }
    }

    private func release(_ interaction: InteractionID, _ version: Int64, by system: Actor) async {
        do throws(EralinkError) {
            let receipt = try await core.store.change(interaction, version: version, by: system, .release(note: nil))
            await core.batcher.publish(receipt.events, accounts: [])
            core.logger.notice("released an abandoned chat", metadata: ["interaction": "\(interaction)"])
        } catch {
            // Somebody else was quicker.
            core.logger.debug("an abandoned chat was not released", metadata: ["error": "\(error)"])
        }
    }
}
