import Sandbox
import Synchronization
import TestSupport

/// Customers who write and an agent who answers, side by side and all the time, until it is told to end.
struct SteadyLoad: Sendable {
    let traffic: Traffic
    /// Long texts and changes beside them.
    var revisions: Revisions?
    let pause: Duration

    /// Runs while `body` does. The texts of each direction go on although the other one is held up.
    func around(_ body: () async throws -> Void) async throws {
        let flow = Flow()
        try await withThrowingTaskGroup(of: Void.self) { group in
            // Told to end and not cancelled: who is just sending hears whether it was accepted.
            group.addTask { try await customers(while: flow) }
            group.addTask { try await agent(while: flow) }
            group.addTask { try await revisions?.run { !flow.isOver } }
            defer { flow.end() }
            try await body()
            flow.end()
            try await group.waitForAll()
        }
    }

    private final class Flow: Sendable {
        private let over = Atomic(false)
        var isOver: Bool { over.load(ordering: .relaxed) }
        func end() { over.store(true, ordering: .relaxed) }
    }

    private func customers(while flow: Flow) async throws {
        var round = 0
        while !flow.isOver {
            round += 1
            for chat in traffic.chats.dropFirst() {
                try await traffic.write("\(Traffic.mark) \(round): «где заказ?» \(chat.customer)", from: chat.customer)
            }
            try await Task.sleep(for: pause)
        }
    }

    private func agent(while flow: Flow) async throws {
        var round = 0
        while !flow.isOver {
            round += 1
            for chat in traffic.chats.dropFirst() {
                try await traffic.desk.send("\(Traffic.mark) \(round): в пути 🚚 \(chat.customer)", to: chat.interaction)
            }
            try await Task.sleep(for: pause)
        }
    }
}
