/// What a test waits for instead of seconds.
package enum SimulatorEvent: Sendable {
    /// The chat got at least that many messages from the bot, ever.
    case sent(chat: Int64, count: Int)
    /// All chats together did.
    case sentInAll(count: Int)
    /// A getUpdates is waiting for updates.
    case polling
    case notPolling
    /// The bot confirmed every update.
    case allConfirmed
    /// The method, named in any case, was called at least that often.
    case called(method: String, count: Int)
    case violated(SimulatedViolation.Kind, count: Int)
}

struct WaitingFor {
    var event: SimulatorEvent
    /// The first bot for nil.
    var bot: Int64?
}

extension TelegramWorld {
    func wait(_ call: UInt64, for event: SimulatorEvent, bot: Int64?, seconds: Double) {
        waits[call] = WaitingFor(event: event, bot: bot)
        effects.append(.alarm(call, at: now + seconds))
    }

    /// Ends the waits whose event has come.
    func settleWaits() {
        guard !waits.isEmpty else { return }
        for (call, wait) in waits where hasCome(wait) {
            waits[call] = nil
            answer(call, .ok(Array("true".utf8)))
        }
    }

    private func hasCome(_ wait: WaitingFor) -> Bool {
        if case .violated(let kind, let count) = wait.event { return (violations.counts[kind] ?? 0) >= count }
        if case .called(let method, let count) = wait.event { return (calls[method.lowercased()] ?? 0) >= count }
        guard let bot = try? bot(wait.bot) else { return false }
        switch wait.event {
        case .sent(let chat, let count): return (bot.chats[chat]?.sentCount ?? 0) >= count
        case .sentInAll(let count): return bot.sentCount >= count
        case .polling: return bot.polling.waiting != nil
        case .notPolling: return bot.polling.waiting == nil
        case .allConfirmed: return bot.queue.isEmpty
        case .called, .violated: return false
        }
    }
}
