import Domain
import JSON
import Logging
import ZooKeeper

/// Coordination over a ZooKeeper ensemble.
package final class ZooKeeperCoordination: Coordination {
    private let client: ZooKeeperClient
    private let counters = SignalCounters()
    private let ringer: BellRinger
    private let listeners: BellListeners
    private let registrations: Registrations
    private let elections: Elections
    private let health: Broadcast<CoordinationStatus>

    package init(_ configuration: ZooKeeperConfiguration, logger: Logger) {
        client = ZooKeeperClient(configuration, logger: logger)
        ringer = BellRinger(counters: counters)
        listeners = BellListeners(counters: counters, logger: logger)
        registrations = Registrations(logger: logger)
        elections = Elections(logger: logger)
        health = Broadcast(.down(since: .wallClock(), reason: "zookeeper has not been asked yet"))
    }

    package func run() async {
        await withDiscardingTaskGroup { group in
            group.addTask { await self.client.run() }
            group.addTask { await self.followHealth() }
            group.addTask { await self.client.whileUp(self.ringer.work) }
            group.addTask { await self.client.whileUp(self.listeners.work) }
            group.addTask { await self.client.whileUp(self.registrations.work) }
            group.addTask { await self.client.whileUp(self.elections.work) }
        }
        health.update { $0.down(because: "stopped", at: .wallClock()) }
    }

    private func followHealth() async {
        for await state in client.states() {
            health.update { before in
                let now: CoordinationStatus =
                    switch state {
                    case .up: .up
                    case .down(let reason): before.down(because: reason, at: .wallClock())
                    }
                return now == before ? nil : now
            }
        }
    }

    package func ring(_ bell: Bell, position: Int64) { ringer.ring(bell, position: position) }
    package func rings(_ bell: Bell) -> AsyncStream<Int64> { listeners.rings(bell) }
    package var signalCounts: [SignalCount] { counters.snapshot }

    package func announce(_ component: Component) {
        registrations.want(component.path, component.value, essential: true)
    }

    package func withdraw(_ component: Component) { registrations.unwant(component.path) }

    package func candidacy(account: String, id: String) -> AsyncStream<Bool> {
        elections.candidacy(account: account, id: id)
    }

    package func resign(account: String, id: String) { elections.resign(account: account, id: id) }

    package func serving(interaction: Int64, agent: String, node: String) {
        let value = JSONWriter.object {
            $0.member("agent", agent)
            $0.member("node", node)
        }
        registrations.want(ServedInteraction.path(interaction), String(decoding: value, as: UTF8.self))
    }

    package func notServing(interaction: Int64) { registrations.unwant(ServedInteraction.path(interaction)) }

    package func agentOnline(_ name: String, session: String) { registrations.want(Self.agent(name, session), "") }

    package func agentOffline(_ name: String, session: String) { registrations.unwant(Self.agent(name, session)) }

    package var droppedRegistrations: Int64 { registrations.dropped }

    package var status: CoordinationStatus { health.value }
    package func statuses() -> AsyncStream<CoordinationStatus> { health.stream() }

    private static func agent(_ name: String, _ session: String) -> String {
        "/agents/\(NodeName.encode(name))/\(NodeName.encode(session))"
    }
}

/// Where an interaction that is being served stands: in one of 256 shards, so that no list of children outgrows
/// `jute.maxbuffer`.
enum ServedInteraction {
    static func path(_ interaction: Int64) -> String {
        let shard = String(UInt8(truncatingIfNeeded: interaction), radix: 16)
        return "/interactions/\(shard.utf8.count == 1 ? "0\(shard)" : shard)/\(interaction)"
    }
}
