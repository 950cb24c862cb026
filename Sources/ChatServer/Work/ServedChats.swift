import AgentProtocol
import Coordination
import Domain
import Store
import Synchronization

/// Tells ZooKeeper which chats this node's agents serve (design.md, `/interactions`): informative, so that an admin sees it.
final class ServedChats: Sendable {
    private let registry: SessionRegistry
    private let coordination: any Coordination
    private let node: String
    private let served = Mutex<Set<InteractionID>>([])

    init(registry: SessionRegistry, coordination: any Coordination, node: String) {
        self.registry = registry
        self.coordination = coordination
        self.node = node
    }

    func heard(_ event: EventRecord) {
        guard let interaction = event.interaction else { return }
        switch event.type {
        case .interactionCreated, .interactionAccepted, .interactionTransferred:
            if let agent = event.agent, registry.hasSession(of: agent) {
                _ = served.withLock { $0.insert(interaction) }
                coordination.serving(interaction: interaction.value, agent: agent, node: node)
            } else {
                forget(interaction)
            }
        case .interactionReleased, .interactionClosed: forget(interaction)
        default: break
        }
    }

    private func forget(_ interaction: InteractionID) {
        guard served.withLock({ $0.remove(interaction) }) != nil else { return }
        coordination.notServing(interaction: interaction.value)
    }
}
