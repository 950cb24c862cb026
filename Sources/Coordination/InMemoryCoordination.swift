import Domain
import Synchronization
import ZooKeeper

/// What the members of an `InMemoryCoordination` share: the tree that ZooKeeper would hold. For unit tests.
package final class InMemoryHub: Sendable {
    struct Reader {
        let bell: Bell
        let continuation: AsyncStream<Int64>.Continuation
    }

    struct Candidate {
        let account: String
        let id: String
        let continuation: AsyncStream<Bool>.Continuation
        var isLeading = false
    }

    struct State {
        var positions: [Bell: Int64] = [:]
        var readers: [Int: Reader] = [:]
        var line: [(ticket: Int, candidate: Candidate)] = []
        var nextTicket = 0
        var components: [Component] = []
        var interactions: [Int64: (agent: String, node: String)] = [:]
        var agents: Set<[String]> = []
        /// Bells rung while down: told when it is up again.
        var held: [Bell: Int64] = [:]
    }

    let state = Mutex(State())
    /// Keeps what is told in order, and is never taken by `onTermination` (see `Broadcast`).
    private let order = Mutex(())
    let health = Broadcast<CoordinationStatus>(.up)
    let counters = SignalCounters()

    package init() {}

    /// One process of the test.
    package func member() -> InMemoryCoordination { InMemoryCoordination(hub: self) }

    package var components: [Component] { state.withLock { $0.components } }
    package var servedInteractions: [Int64: (agent: String, node: String)] { state.withLock { $0.interactions } }
    package var agentsOnline: Set<String> { state.withLock { Set($0.agents.map { $0[0] }) } }

    /// Nobody leads, nothing is told, until `goUp`.
    package func goDown(reason: String = "zookeeper is away") {
        health.update { $0.down(because: reason, at: .wallClock()) }
        settle()
    }

    package func goUp() {
        health.send(.up)
        tell { state in
            for (bell, position) in state.held { state.positions[bell] = position }
            state.held = [:]
            return state.readers.values.map { ($0.continuation, state.positions[$0.bell, default: 0]) }
        }
        settle()
    }

    /// Changes the state, then tells readers what it returns.
    func tell<Value: Sendable>(_ change: (inout State) -> [(AsyncStream<Value>.Continuation, Value)]) {
        order.withLock { _ in
            for (reader, value) in state.withLock({ change(&$0) }) { reader.yield(value) }
        }
    }

    /// Tells each candidate whether it is the first of its account.
    func settle() {
        let isUp = health.value.isUp
        tell { state in
            var seen: Set<String> = []
            var told: [(AsyncStream<Bool>.Continuation, Bool)] = []
            for index in state.line.indices {
                let candidate = state.line[index].candidate
                let leads = seen.insert(candidate.account).inserted && isUp
                guard leads != candidate.isLeading else { continue }
                state.line[index].candidate.isLeading = leads
                told.append((candidate.continuation, leads))
            }
            return told
        }
    }
}

/// Coordination among members of one process, as ZooKeeper would do it and at once.
package final class InMemoryCoordination: Coordination {
    private let hub: InMemoryHub

    init(hub: InMemoryHub) { self.hub = hub }

    /// A member that is alone.
    package convenience init() { self.init(hub: InMemoryHub()) }

    package func run() async {
        // Nothing is to be kept alive.
        let never = AsyncStream<Never> { _ in }
        for await _ in never {}
    }

    package func ring(_ bell: Bell, position: Int64) {
        hub.counters.count(bell, .rung)
        let isUp = hub.health.value.isUp
        hub.tell { (state) -> [(AsyncStream<Int64>.Continuation, Int64)] in
            guard isUp else {
                state.held[bell] = max(state.held[bell] ?? position, position)
                return []
            }
            state.positions[bell] = position
            hub.counters.count(bell, .sent)
            let readers = state.readers.values.filter { $0.bell == bell }
            for _ in readers { hub.counters.count(bell, .heard) }
            return readers.map { ($0.continuation, position) }
        }
    }

    package func rings(_ bell: Bell) -> AsyncStream<Int64> {
        let (stream, continuation) = AsyncStream.makeStream(of: Int64.self, bufferingPolicy: .bufferingNewest(1))
        let isUp = hub.health.value.isUp
        hub.tell { (state) -> [(AsyncStream<Int64>.Continuation, Int64)] in
            state.nextTicket += 1
            let ticket = state.nextTicket
            state.readers[ticket] = .init(bell: bell, continuation: continuation)
            continuation.onTermination = { [hub] _ in
                hub.state.withLock { _ = $0.readers.removeValue(forKey: ticket) }
            }
            return isUp ? [(continuation, state.positions[bell, default: 0])] : []
        }
        return stream
    }

    package var signalCounts: [SignalCount] { hub.counters.snapshot }

    package func announce(_ component: Component) {
        hub.state.withLock { state in
            state.components.removeAll { $0.path == component.path }
            state.components.append(component)
        }
    }

    package func withdraw(_ component: Component) {
        hub.state.withLock { $0.components.removeAll { $0.path == component.path } }
    }

    package func candidacy(account: String, id: String) -> AsyncStream<Bool> {
        resign(account: account, id: id)
        let (stream, continuation) = AsyncStream.makeStream(of: Bool.self, bufferingPolicy: .bufferingNewest(1))
        continuation.yield(false)
        let ticket = hub.state.withLock { state in
            state.nextTicket += 1
            state.line.append((state.nextTicket, .init(account: account, id: id, continuation: continuation)))
            return state.nextTicket
        }
        continuation.onTermination = { [hub] _ in
            hub.state.withLock { $0.line.removeAll { $0.ticket == ticket } }
            // Elsewhere: the lock of the reader's task is held here. Ends by itself.
            Task { hub.settle() }
        }
        hub.settle()
        return stream
    }

    package func resign(account: String, id: String) {
        let leaving = hub.state.withLock { state in
            let leaving = state.line.filter { $0.candidate.account == account && $0.candidate.id == id }
            state.line.removeAll { $0.candidate.account == account && $0.candidate.id == id }
            return leaving
        }
        for entry in leaving { entry.candidate.continuation.finish() }
        hub.settle()
    }

    package func serving(interaction: Int64, agent: String, node: String) {
        hub.state.withLock { $0.interactions[interaction] = (agent, node) }
    }

    package func notServing(interaction: Int64) {
        hub.state.withLock { _ = $0.interactions.removeValue(forKey: interaction) }
    }

    package func agentOnline(_ name: String, session: String) {
        hub.state.withLock { _ = $0.agents.insert([name, session]) }
    }

    package func agentOffline(_ name: String, session: String) {
        hub.state.withLock { _ = $0.agents.remove([name, session]) }
    }

    package var droppedRegistrations: Int64 { 0 }

    package var status: CoordinationStatus { hub.health.value }
    package func statuses() -> AsyncStream<CoordinationStatus> { hub.health.stream() }
}
