/// Everything the simulator knows of one bot.
final class BotState {
    let bot: SimulatedBot
    let userJSON: [UInt8]
    var isRevoked = false
    var chats: [Int64: BotChat] = [:]
    var queue: UpdateQueue
    var polling = Polling()
    var webhook = Webhook()
    var gate: SendGate
    var peaks = SendPeaks()
    var allowedUpdates: Set<String> = UpdateKind.standard
    var sentCount = 0
    /// Callback queries that wait for their answer, and when they end.
    var callbacks: [String: Double] = [:]
    var answeredCallbacks: [SimulatedCallbackAnswer] = []
    var actions: [(chat: Int64, action: String)] = []
    var droppedByRequest = 0
    var conflicts = 0

    init(bot: SimulatedBot, firstUpdateID: Int, gate: SendGate) {
        self.bot = bot
        self.gate = gate
        userJSON = bot.userJSON()
        queue = UpdateQueue(firstID: firstUpdateID)
    }

    struct Webhook {
        var url = ""
        var maximumConnections = 40
        var nextAllowed = 0.0
    }
}

/// What a bot answered to the press of a button.
package struct SimulatedCallbackAnswer: Sendable, Equatable {
    package var query: String
    package var text: String
    package var isAlert: Bool

    package init(query: String, text: String, isAlert: Bool) {
        self.query = query
        self.text = text
        self.isAlert = isAlert
    }
}

/// The kinds of updates that a bot may ask for.
enum UpdateKind {
    static let all: Set<String> = [
        "message", "edited_message", "channel_post", "edited_channel_post", "inline_query", "chosen_inline_result",
        "callback_query", "shipping_query", "pre_checkout_query", "poll", "poll_answer", "my_chat_member",
        "chat_member",
        "chat_join_request", "message_reaction", "message_reaction_count", "chat_boost", "removed_chat_boost",
        "business_connection", "business_message", "edited_business_message", "deleted_business_messages",
        "purchased_paid_media", "managed_bot", "guest_message",
    ]

    static let standard = all.subtracting(["message_reaction", "message_reaction_count", "chat_member"])

    /// How long an update of that kind waits for a bot, in seconds.
    static func lifetime(_ kind: String) -> Double {
        switch kind {
        case "callback_query", "shipping_query", "pre_checkout_query": 150
        case "inline_query": 30
        case "chosen_inline_result": 600
        default: 86_400
        }
    }
}
