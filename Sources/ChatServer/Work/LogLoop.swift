import AgentProtocol
import Coordination
import Domain
import JSON
import Logging
import Store

/// Follows what other ChatServers write: the event log, and who is where.
struct LogLoop: Sendable {
    let core: ChatServerCore

    func run() async {
        var mark = try? await core.store.presenceMark()
        for await position in Wakes.merged(core.coordination.rings(.events), every: core.settings.pollEvery) {
            if Task.isCancelled { return }
            // Our own ring comes back to us too: then there is nothing new in the log.
            await core.feed.look(upTo: position)
            do throws(EralinkError) {
                if let since = mark {
                    mark = try await tellPresence(since: since)
                } else {
                    mark = try await core.store.presenceMark()
                }
            } catch {
                core.logger.debug("presence cannot be read", metadata: ["error": "\(error)"])
            }
        }
    }

    /// Tells the sessions that share an account with an agent where it is now.
    private func tellPresence(since mark: Int64) async throws(EralinkError) -> Int64 {
        let records = try await core.store.presence(changedAfter: mark)
        for record in records {
            let presence = record.presence
            if let (session, change) = record.exclusive, change > mark {
                core.registry.becameExclusive(session, of: presence.agent, change: change)
            }
            let granted = try await core.store.accountsGranted(to: presence.agent)
            for (session, token) in core.registry.greeted where token.name != presence.agent {
                if let theirs = token.accounts, let granted, granted.isDisjoint(with: theirs) { continue }
                session.tell(.presence, interaction: nil, data: presence.jsonBytes)
            }
        }
        return records.last?.changed ?? mark
    }
}
