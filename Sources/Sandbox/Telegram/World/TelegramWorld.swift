/// The state of the simulated Telegram and everything that changes it. It does no I/O: what is to be done outside is left
/// as effects, so that whoever holds the lock can do it after letting go.
final class TelegramWorld {
    let configuration: SimulatedTelegram.Configuration
    /// Seconds since 1970, set before each use.
    var now = 0.0

    var bots: [Int64: BotState] = [:]
    var botOrder: [Int64] = []
    var tokens: [String: Int64] = [:]
    var customers: [Int64: SimulatedCustomer] = [:]
    var groups: [Int64: String] = [:]
    var faults: [SimulatedFault] = []
    var violations = ViolationLog()
    var files = FileShelf()
    /// The profile pictures of customers, the newest first.
    private(set) var pictures: [Int64: [KeptFile]] = [:]
    /// Their ids by bot and customer: the same as long as the pictures are.
    private var pictureIDs: [[Int64]: [String]] = [:]
    /// Customers who take no voice messages.
    var voiceRefusers: Set<Int64> = []
    var calls: [String: Int] = [:]
    var answers: [String: [Int: Int]] = [:]

    /// What waits for an alarm: polls by their call, waits of tests, calls that a fault delays.
    var polls: [UInt64: BotState] = [:]
    /// An update that comes while a poll waits is answered so many seconds later, together with those that come until then.
    var gatherSeconds = 0.002
    var waits: [UInt64: WaitingFor] = [:]
    var delayed: [UInt64: TelegramCall] = [:]

    private var lastCall: UInt64 = 0
    private var lastBot: Int64 = 5_000_000_000
    private var lastCustomer: Int64 = 7_101_000_000
    private var lastGroup: Int64 = -4_000_000_000
    private var lastMediaGroup: Int64 = 13_579_000_000_000_000
    var lastCallback: Int64 = 305_419_896_000_000_000
    var effects: [Effect] = []

    init(_ configuration: SimulatedTelegram.Configuration) { self.configuration = configuration }

    /// What is to be done outside.
    enum Effect {
        case answer(UInt64, TelegramAnswer, after: Double)
        /// Close the connection of that call without an answer.
        case drop(UInt64)
        /// Forget the call and leave its connection open.
        case forget(UInt64)
        /// Call `alarm(_:)` with it at that time.
        case alarm(UInt64, at: Double)
    }

    func takeEffects() -> [Effect] {
        defer { effects = [] }
        return effects
    }

    func nextCall() -> UInt64 {
        lastCall += 1
        return lastCall
    }

    func nextBot() -> Int64 {
        lastBot += 1
        return lastBot
    }

    /// The next id that no customer has yet.
    func nextCustomer() -> Int64 {
        repeat { lastCustomer += 1 } while customers[lastCustomer] != nil
        return lastCustomer
    }

    func nextGroup() -> Int64 {
        lastGroup -= 1
        return lastGroup
    }

    /// Makes it the newest of the customer's pictures; nil takes all of them away.
    func setPicture(_ bytes: [UInt8]?, of customer: Int64) {
        if let bytes {
            pictures[customer, default: []].insert(CustomerFile(.photo, bytes).kept, at: 0)
        } else {
            pictures[customer] = nil
        }
        pictureIDs = pictureIDs.filter { $0.key.last != customer }
    }

    func keptPictures(of customer: Int64, for bot: Int64) -> [KeptFile] {
        if let ids = pictureIDs[[bot, customer]] { return ids.compactMap { files[$0] } }
        let kept = (pictures[customer] ?? []).map { files.keep($0, for: bot) }
        pictureIDs[[bot, customer]] = kept.map(\.id)
        return kept
    }

    func nextMediaGroup() -> String {
        lastMediaGroup += 1
        return String(lastMediaGroup)
    }

    func nextCallback() -> String {
        lastCallback += 1
        return String(lastCallback)
    }

    func answer(_ call: UInt64, _ answer: TelegramAnswer, after delay: Double = 0) {
        effects.append(.answer(call, answer, after: delay))
    }

    func report(_ kind: SimulatedViolation.Kind, _ call: TelegramCall, _ detail: String) {
        violations.add(
            SimulatedViolation(
                kind: kind, bot: call.bot.bot.id, method: call.method, detail: detail, request: call.id))
    }

    /// Called at the time that an `alarm` effect named.
    func alarm(_ call: UInt64) {
        if let bot = polls[call] {
            endPoll(of: bot)
        } else if let call = delayed.removeValue(forKey: call) {
            carryOut(call)
        } else if waits.removeValue(forKey: call) != nil {
            answer(call, TelegramFailure(504, "the wait ended without it").answer)
        }
    }

    /// The connection of a call was closed by the client.
    func abandoned(_ call: UInt64) {
        if let bot = polls.removeValue(forKey: call) { _ = bot.polling.end() }
        waits[call] = nil
        // A delayed call was received and is carried out; nobody hears the answer.
    }
}
