/// A chat as one bot sees it.
final class BotChat {
    let id: Int64
    let json: [UInt8]
    let isPrivate: Bool
    /// The user blocked the bot, or the bot was thrown out of the group.
    var isClosed = false
    /// A 403 told the bot so.
    var isRefusalKnown = false
    var gate: SendGate
    var peaks = SendPeaks()
    private(set) var lastID = 0
    private(set) var sentCount = 0
    private let kept: Int?

    /// The newest messages, without gaps: the one with id n stands at n - firstKept.
    private var messages: [ChatMessage] = []
    private var firstKept = 1

    /// - Parameter kept: how many messages are remembered; nil for all.
    init(id: Int64, json: [UInt8], kept: Int?, gate: SendGate) {
        self.id = id
        self.json = json
        self.kept = kept
        self.gate = gate
        isPrivate = id > 0
    }

    func append(_ make: (Int) -> ChatMessage) -> ChatMessage {
        lastID += 1
        let message = make(lastID)
        if message.isFromBot { sentCount += 1 }
        messages.append(message)
        if let kept, messages.count > kept * 2 {
            messages.removeFirst(messages.count - kept)
            firstKept = lastID - messages.count + 1
        }
        return message
    }

    /// Whether a message of that id is there; of what is no longer remembered it is believed.
    func has(_ id: Int) -> Bool {
        guard id >= 1, id <= lastID else { return false }
        return message(id).map { !$0.isDeleted } ?? (id < firstKept)
    }

    func message(_ id: Int) -> ChatMessage? {
        guard id >= firstKept, id <= lastID else { return nil }
        return messages[id - firstKept]
    }

    func change(_ id: Int, _ body: (inout ChatMessage) -> Void) {
        guard id >= firstKept, id <= lastID else { return }
        body(&messages[id - firstKept])
    }

    var sent: [ChatMessage] { messages.filter(\.isFromBot) }

    func rendered(_ message: ChatMessage) -> [UInt8] {
        let original = message.replyTo.flatMap { self.message($0) }
        return message.json(in: json, replyingTo: original?.json(in: json, replyingTo: nil))
    }
}
