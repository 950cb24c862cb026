/// One call of a Bot API method.
struct TelegramCall {
    let id: UInt64
    let bot: BotState
    /// In lower case.
    let method: String
    let parameters: RequestParameters

    /// The chat the call is about; nil where it has none or the id is no number.
    var chat: Int64? { Int64(parameters["chat_id"]) }
}

/// What a method came to.
enum TelegramOutcome {
    case result([UInt8], description: String? = nil)
    /// The answer comes later.
    case waiting
    /// Already answered or refused with an answer of its own making.
    case answered
}
