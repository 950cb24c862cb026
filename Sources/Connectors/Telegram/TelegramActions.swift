import ConnectorKit
import Domain
import HTTPFetch
import JSON

/// Does at Telegram what sends no message: edits, deletions, answers to presses.
struct TelegramActions: Sendable {
    let api: TelegramAPI
    let timeout: Duration
    let moves: TelegramMoves

    func perform(_ action: OutgoingAction) async -> ActionReport {
        var trail = TelegramTrail(hiding: api.token)
        let call: TelegramCall
        do throws(TelegramUnsendable) {
            call = try Self.call(for: action, in: moves.current(TelegramOutgoing.chat(action.chat)))
        } catch {
            return trail.report(.refused(error.reason))
        }
        trail.asked(call)
        do throws(HTTPFetchError) {
            let exchange = try await api.call(call, timeout: timeout, repeatable: true)
            trail.answered(exchange)
            return trail.report(TelegramVerdict.actionOutcome(of: exchange.answer, calling: call.method))
        } catch {
            return trail.report(TelegramVerdict.actionOutcome(of: error))
        }
    }

    /// Pure.
    static func call(for action: OutgoingAction, in chat: Int64) throws(TelegramUnsendable) -> TelegramCall {
        switch action.kind {
        case .edit(let externalID, let content, let keyboard):
            return try edit(chat, try message(externalID), content, keyboard)
        case .delete(let externalID):
            return target("deleteMessage", chat, try message(externalID))
        case .answerCallback(let id, let text, let alert):
            var call = TelegramCall("answerCallbackQuery")
            call.text("callback_query_id", id)
            call.text("text", text?.prefix(units: TelegramLimits.callbackAnswer))
            if alert { call.value("show_alert", true) }
            return call
        case .markRead:
            throw TelegramUnsendable("unsupported", "a bot of Telegram cannot mark messages as read")
        }
    }

    /// An edit without `reply_markup` takes the buttons away: the caller gives those that shall stay.
    private static func edit(
        _ chat: Int64, _ message: Int64, _ content: Content, _ keyboard: Keyboard?
    ) throws(TelegramUnsendable) -> TelegramCall {
        var call: TelegramCall
        switch content {
        case .text(let text):
            call = target("editMessageText", chat, message)
            call.text("text", text.text)
            call.json("entities", TelegramEntities.encoded(text.entities, of: text.text))
        case .media(let kind, let media) where TelegramMediaMethod.of(kind).hasCaption:
            let caption = media.caption ?? ""
            guard caption.utf16.count <= TelegramLimits.captionUnits else {
                throw TelegramUnsendable(
                    "too_long", "a caption at Telegram has at most \(TelegramLimits.captionUnits) characters")
            }
            call = target("editMessageCaption", chat, message)
            call.text("caption", caption)
        case .media, .contact, .location:
            guard keyboard != nil else {
                throw TelegramUnsendable("unsupported", "of such a message only the buttons can be changed")
            }
            call = target("editMessageReplyMarkup", chat, message)
        case .template, .callback, .system, .unsupported:
            throw TelegramUnsendable("unsupported", "messages of kind \(content.kind.rawValue) cannot be edited")
        }
        if let keyboard, keyboard.style != .remove {
            guard keyboard.style == .inline else {
                throw TelegramUnsendable("unsupported", "an edited message of Telegram has only buttons under it")
            }
            call.json("reply_markup", try TelegramKeyboard.encoded(keyboard))
        }
        return call
    }

    private static func target(_ method: String, _ chat: Int64, _ message: Int64) -> TelegramCall {
        var call = TelegramCall(method)
        call.value("chat_id", chat)
        call.value("message_id", message)
        return call
    }

    private static func message(_ externalID: String) throws(TelegramUnsendable) -> Int64 {
        guard let message = TelegramOutgoing.replyTarget(externalID) else {
            throw TelegramUnsendable(
                "message_not_found", "\"\(externalID.cut(toBytes: 64))\" is no message of Telegram: it must be a number"
            )
        }
        return message
    }
}
