import Synchronization

/// Faults, and the account of what a bot did.
extension SimulatedTelegram {
    /// Faults strike in the order they were added.
    package func add(_ fault: SimulatedFault) { core.perform { $0.faults.append(fault) } }

    /// Strikes that have not fallen yet.
    package var faultsLeft: Int { core.perform { $0.faults.reduce(0) { $0 + $1.times } } }

    package func clearFaults() { core.perform { $0.faults = [] } }

    /// From now on the token is unknown: 401.
    package func revokeToken(bot: Int64? = nil) throws { try core.perform { $0.revoke(try $0.bot(bot)) } }

    /// What happens after about a week without updates: their ids go on from another number. False where updates wait.
    package func restartUpdateIDs(at id: Int, bot: Int64? = nil) throws -> Bool {
        try core.perform { try $0.bot(bot).queue.restartIDs(at: id) }
    }

    /// What the bot sent into the chat and is remembered, in order.
    package func sent(to chat: Int64, bot: Int64? = nil) throws -> [SimulatedMessage] {
        try core.perform { world in
            try world.bot(bot).chats[chat]?.sent.map { SimulatedMessage($0, in: chat) } ?? []
        }
    }

    /// The `sendChatAction` calls remembered: chat and action, in order.
    package func actions(bot: Int64? = nil) throws -> [(chat: Int64, action: String)] {
        try core.perform { try $0.bot(bot).actions }
    }

    /// The last thousand or so; `statistics` has the exact numbers.
    package var violations: [SimulatedViolation] { core.perform { $0.violations.last } }

    package func statistics(bot: Int64? = nil) throws -> SimulatedStatistics {
        try core.perform { $0.statistics(of: try $0.bot(bot)) }
    }

    /// Waits until it has come about.
    /// - Throws: `SimulatorError` where it has not within the seconds, `CancellationError` where the task is cancelled.
    package func wait(for event: SimulatorEvent, bot: Int64? = nil, seconds: Double = 10) async throws {
        let answer = try await answer { $0.wait($1, for: event, bot: bot, seconds: seconds) }
        guard answer.status == 200 else { throw SimulatorError("within \(seconds) s it has not come to \(event)") }
    }

    /// Waits until the bot has sent that many messages to the chat, and gives them.
    @discardableResult
    package func sent(
        to chat: Int64, atLeast count: Int, bot: Int64? = nil, seconds: Double = 10
    ) async throws -> [SimulatedMessage] {
        try await wait(for: .sent(chat: chat, count: count), bot: bot, seconds: seconds)
        return try sent(to: chat, bot: bot)
    }

    /// Calls a method as a request with these parameters would, without a socket.
    /// - Throws: `SimulatorError` where a fault closes the connection, `CancellationError` where one never answers.
    package func call(
        _ method: String, _ parameters: [(String, String)] = [], token: String
    ) async throws -> TelegramAnswer {
        var request = RequestParameters()
        for (name, value) in parameters { request.add(name, value) }
        return try await answer { [request] world, call in
            world.receive(call, token: token[...], method: method[...], parameters: request)
        }
    }

    private func answer(_ begin: @escaping @Sendable (TelegramWorld, UInt64) -> Void) async throws -> TelegramAnswer {
        let begun = Mutex<UInt64?>(nil)
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let once = AnswerOnce(continuation)
                let call = core.begin(
                    SimulatorCore.Responder(
                        answer: { once.resume(.success($0)) },
                        drop: { once.resume(.failure(SimulatorError("the connection was closed"))) },
                        cancel: { once.resume(.failure(CancellationError())) }), begin)
                begun.withLock { $0 = call }
                if Task.isCancelled { core.abandon(call) }
            }
        } onCancel: {
            if let call = begun.withLock({ $0 }) { core.abandon(call) }
        }
    }
}

/// A continuation that is resumed by whichever comes first.
private final class AnswerOnce: Sendable {
    private let continuation: Mutex<CheckedContinuation<TelegramAnswer, any Error>?>

    init(_ continuation: CheckedContinuation<TelegramAnswer, any Error>) { self.continuation = Mutex(continuation) }

    func resume(_ result: Result<TelegramAnswer, any Error>) {
        continuation.withLock { continuation in
            defer { continuation = nil }
            return continuation
        }?.resume(with: result)
    }
}
