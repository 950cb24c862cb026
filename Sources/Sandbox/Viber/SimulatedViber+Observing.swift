/// Faults, and the account of what a bot did.
extension SimulatedViber {
    /// What is waited for instead of seconds.
    package enum Event: Sendable {
        /// The bot has a webhook.
        case webhook
        /// The person got so many messages of the bot, welcomes included.
        case sent(user: String, count: Int)
        /// What the last message to the person announces was fetched, or could not be.
        case media(user: String)
        /// Callbacks of that event were taken, so many.
        case taken(event: String, count: Int)
        /// The method was called so often.
        case called(method: String, count: Int)
        case violated(SimulatedViberViolation.Kind)
    }

    package func add(_ fault: SimulatedViberFault) { core.note { $0.faults.append(fault) } }

    package func clearFaults() { core.note { $0.faults = [] } }

    /// The account is out of order: every call gets that status. Nil: it is in order again.
    package func setTrouble(_ status: Int?, bot: String? = nil) throws {
        let bot = try id(bot)
        core.note { $0.bots[bot]?.trouble = status }
    }

    /// Empty where none is set.
    package func webhook(bot: String? = nil) throws -> String {
        let bot = try id(bot)
        return core.read { $0.bots[bot]?.webhook ?? "" }
    }

    /// What somebody else does who has the token: takes the webhook away, or sets another, without it being checked.
    package func setWebhook(_ url: String, bot: String? = nil) throws {
        let bot = try id(bot)
        core.note { $0.bots[bot]?.webhook = url }
    }

    package func sent(to user: String, bot: String? = nil) throws -> [SimulatedViberMessage] {
        let bot = try id(bot)
        return core.read { $0.bots[bot]?.sent.filter { $0.user == user } ?? [] }
    }

    @discardableResult
    package func sent(
        to user: String, atLeast count: Int, bot: String? = nil, seconds: Double = 60
    ) async throws -> [SimulatedViberMessage] {
        try await wait(for: .sent(user: user, count: count), bot: bot, seconds: seconds)
        return try sent(to: user, bot: bot)
    }

    package var violations: [SimulatedViberViolation] { core.read { $0.violations } }

    package var deliveries: [SimulatedViberDelivery] { core.read { $0.deliveries } }

    /// - Throws: `SimulatorError` where it has not come about within the seconds.
    package func wait(for event: Event, bot: String? = nil, seconds: Double = 60) async throws {
        let bot = try id(bot)
        do {
            try await core.wait(seconds: seconds) { world in Self.hasCome(event, world, bot) }
        } catch is SimulatorError {
            throw SimulatorError("within \(seconds) s it has not come to \(event)")
        }
    }

    private static func hasCome(_ event: Event, _ world: ViberWorld, _ bot: String) -> Bool {
        let state = world.bots[bot]
        switch event {
        case .webhook: return state?.webhook.isEmpty == false
        case .sent(let user, let count): return (state?.sent.count { $0.user == user } ?? 0) >= count
        case .media(let user):
            let last = state?.sent.last { $0.user == user }
            return last?.media != nil || last?.failure != nil
        case .taken(let event, let count):
            return world.deliveries.count { $0.event == event && $0.status == 200 } >= count
        case .called(let method, let count): return (world.calls[method] ?? 0) >= count
        case .violated(let kind): return world.violations.contains { $0.kind == kind }
        }
    }

    private func id(_ bot: String?) throws(SimulatorError) -> String {
        try core.perform { (world) throws(SimulatorError) in try world.botID(bot) }
    }
}
