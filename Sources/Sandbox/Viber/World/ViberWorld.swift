import JSON

/// Bots, people and what passed between them. A value: the core keeps it behind a lock, and does what it leaves to be done outside.
struct ViberWorld: Sendable {
    struct Bot: Sendable {
        var bot: SimulatedViberBot
        var webhook = ""
        var eventTypes = ViberWorld.allEvents
        var sendsName = false
        var sendsPhoto = false
        /// 7, 8, 9 or 15 where the account is out of order; 23 or 24 where it is out of money.
        var trouble: Int?
        var sent: [SimulatedViberMessage] = []
        var chats: [String: Chat] = [:]
        var detailsAsked: [String: [Double]] = [:]
    }

    /// A person's chat with a bot.
    struct Chat: Sendable {
        var isSubscribed = false
        /// Told to the bot by status 6 since the person left.
        var isRefusalKnown = false
        /// Of the last message that the person got.
        var tracking: String?
        var keyboard: JSONValue?
        /// When messages were sent since the person wrote last.
        var unanswered: [Double] = []
    }

    /// What is to be done outside.
    enum Effect: Sendable {
        case deliver(Callback)
        /// Fetch what a message announces.
        case fetch(bot: String, token: Int64, link: String, size: Int64?, isPicture: Bool)
    }

    struct Callback: Sendable {
        var bot: String
        var url: String
        var event: String
        var user: String
        var token: Int64
        var body: [UInt8]
    }

    let configuration: SimulatedViber.Configuration
    var now = 0.0
    var bots: [String: Bot] = [:]
    var botOrder: [String] = []
    var users: [String: SimulatedViberUser] = [:]
    var faults: [SimulatedViberFault] = []
    var violations: [SimulatedViberViolation] = []
    var deliveries: [SimulatedViberDelivery] = []
    var calls: [String: Int] = [:]
    var hosted: [String: HostedMedia] = [:]
    var effects: [Effect] = []
    /// Webhooks that are being checked.
    var pending: [String: JSONValue] = [:]
    private var lastToken: Int64 = 5_741_311_803_571_730_000
    private var lastUser = 0

    init(_ configuration: SimulatedViber.Configuration) { self.configuration = configuration }

    static let selectable: Set<String> = ["delivered", "seen", "failed", "conversation_started"]
    static let mandatory: Set<String> = ["message", "subscribed", "unsubscribed"]
    static var allEvents: Set<String> { selectable.union(mandatory).union(["client_status"]) }

    mutating func nextToken() -> Int64 {
        lastToken += 11
        return lastToken
    }

    mutating func nextUserID() -> String {
        lastUser += 1
        let digits = String(lastUser)
        return "Q8kM1/gk+zVbN0" + String(repeating: "y", count: 8 - digits.count) + digits + "=="
    }

    mutating func report(_ kind: SimulatedViberViolation.Kind, _ method: String, _ detail: String) {
        violations.append(SimulatedViberViolation(kind: kind, method: method, detail: detail))
        if violations.count > 2000 { violations.removeFirst(1000) }
    }

    mutating func takeEffects() -> [Effect] {
        defer { effects = [] }
        return effects
    }

    func botID(_ id: String?) throws(SimulatorError) -> String {
        guard let id = id ?? botOrder.first, bots[id] != nil else { throw SimulatorError("there is no such bot") }
        return id
    }

    func user(_ id: String) throws(SimulatorError) -> SimulatedViberUser {
        guard let user = users[id] else { throw SimulatorError("there is no person \(id)") }
        return user
    }

    // MARK: callbacks

    /// Queues a callback, where the webhook wants its kind. Gives its token.
    @discardableResult
    mutating func call(
        back bot: String, _ event: String, user: String, token: Int64? = nil,
        _ members: (inout JSONWriter, Bot) -> Void
    ) -> Int64 {
        let token = token ?? nextToken()
        guard let state = bots[bot], !state.webhook.isEmpty, state.eventTypes.contains(event) else { return token }
        let body = JSONWriter.object {
            $0.member("event", event)
            $0.member("timestamp", Int64(now * 1000))
            $0.member("chat_hostname", "SN-CHAT-05_")
            $0.member("message_token", token)
            members(&$0, state)
        }
        effects.append(
            .deliver(
                Callback(bot: bot, url: state.webhook, event: event, user: user, token: token, body: body)))
        return token
    }

    mutating func delivered(_ callback: Callback, attempt: Int, status: Int?) {
        deliveries.append(
            SimulatedViberDelivery(
                event: callback.event, token: callback.token, user: callback.user, attempt: attempt, status: status))
        if deliveries.count > 20_000 { deliveries.removeFirst(10_000) }
        if status != 200 { report(.badWebhook, callback.event, status.map { "answered \($0)" } ?? "no answer in time") }
    }

    /// The body of the answer to `conversation_started` is a message for the person.
    mutating func welcome(_ callback: Callback, _ body: [UInt8]) {
        guard !body.isEmpty else { return }
        guard callback.event == "conversation_started" else { return }
        guard let value = try? JSONValue(parsing: body) else {
            return report(.badWelcome, callback.event, "the answer is no JSON")
        }
        do throws(ViberMessageSchema.Refusal) {
            try ViberMessageSchema.check(value, addressed: nil)
        } catch {
            return report(.badWelcome, callback.event, error.words)
        }
        bots[callback.bot]?.sent.append(
            SimulatedViberMessage(token: nil, user: callback.user, body: value, at: now, isDelivered: true))
        bots[callback.bot]?.chats[callback.user, default: Chat()].show(value)
    }
}

extension ViberWorld.Chat {
    /// The person's device shows a message.
    mutating func show(_ body: JSONValue) {
        tracking = body["tracking_data"]?.string
        // A message without a keyboard leaves the old one.
        if let keyboard = body["keyboard"] { self.keyboard = keyboard }
    }
}

/// A file behind an address of the simulated Viber.
struct HostedMedia: Sendable {
    enum Behaviour: Sendable {
        case bytes([UInt8])
        case endless
        case redirect(String)
        case status(Int)
    }

    var behaviour: Behaviour
    var type: String
    /// Seconds since 1970.
    var until: Double
    var asked = 0
    /// So many requests get 503 first.
    var failures = 0
}
