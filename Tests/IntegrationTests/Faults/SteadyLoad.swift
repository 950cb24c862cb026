import Sandbox
import TestSupport

/// Customers who write and an agent who answers, side by side and all the time, until it is told to end.
struct SteadyLoad: Sendable {
    let traffic: Traffic
    let pause: Duration

    /// Runs while `body` does. The texts of each direction go on although the other one is held up.
    func around(_ body: () async throws -> Void) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await customers() }
            group.addTask { try await agent() }
            try await body()
            group.cancelAll()
            // The one who was just sending has sent.
            while let result = await group.nextResult() {
                if case .failure(let error) = result, !(error is CancellationError) { throw error }
            }
        }
    }

    private func customers() async throws {
        var round = 0
        while !Task.isCancelled {
            round += 1
            for chat in traffic.chats.dropFirst() {
                try await traffic.write("\(Traffic.mark) \(round): «где заказ?» \(chat.customer)", from: chat.customer)
            }
            try await Task.sleep(for: pause)
        }
    }

    private func agent() async throws {
        var round = 0
        while !Task.isCancelled {
            round += 1
            for chat in traffic.chats.dropFirst() {
                try await traffic.desk.send("\(Traffic.mark) \(round): в пути 🚚 \(chat.customer)", to: chat.interaction)
            }
            try await Task.sleep(for: pause)
        }
    }
}
