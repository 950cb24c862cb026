import JSON

/// Which message a message answers.
struct ReplyParameters {
    var messageID: Int
    /// Nil for the chat that is written to.
    var chat: Int64?
    /// Send without the reply where the message is gone.
    var isOptional: Bool
    var quote: String?

    /// Nil where the call replies to nothing.
    init?(_ parameters: RequestParameters) throws(TelegramFailure) {
        let text = parameters["reply_parameters"]
        guard !text.isEmpty else {
            messageID = parameters.integer("reply_to_message_id")
            isOptional = parameters.flag("allow_sending_without_reply")
            if messageID == 0 { return nil }
            return
        }
        guard let value = try? JSONValue(parsing: text, limits: .telegram) else {
            throw .bad("Can't parse reply parameters JSON object")
        }
        guard case .object = value else { throw .bad("Object expected as reply parameters") }
        let fields = StrictFields(value)
        do throws(FieldProblem) {
            messageID = Int(try fields.integer("message_id"))
            chat = try fields.optionalInteger("chat_id")
            isOptional = try fields.flag("allow_sending_without_reply")
            let quote = try fields.text("quote")
            self.quote = quote.isEmpty ? nil : quote
        } catch {
            throw .bad(error.text)
        }
        if quote.map({ $0.unicodeScalars.count > 1024 }) == true { throw .bad("QUOTE_TEXT_INVALID") }
    }
}
