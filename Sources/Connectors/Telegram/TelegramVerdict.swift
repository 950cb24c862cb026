import ConnectorKit
import Domain
import HTTPFetch
import JSON

/// The digest's table of errors (sections 7 and 8) as functions: answer → what it means for a send, and for a poll.
enum TelegramVerdict {
    // MARK: a message was to be sent

    /// `body` is what the answer was read from.
    static func outcome(of answer: TelegramAnswer, body: [UInt8]) -> SendOutcome {
        switch answer {
        case .result(let range): return sent(body[range])
        case .error(let error): return outcome(of: error)
        case .unreadable(let status, let wait): return outcome(ofStatus: status, retryAfter: wait)
        }
    }

    /// `message`: the message that the answer holds.
    static func sent(_ message: ArraySlice<UInt8>) -> SendOutcome {
        messageID(message).map { .sent(externalID: String($0)) } ?? .ambiguous(unnumbered)
    }

    static let unnumbered = reason("provider_error", "Telegram took the message but did not say its number")

    /// No answer came. A request of which not a byte went out can be repeated; of any other nobody knows.
    static func outcome(of error: HTTPFetchError) -> SendOutcome {
        let reason = reason("unavailable", "no answer from Telegram: \(error.detail)")
        switch error.delivery {
        // The address in the account's settings cannot be called: messages wait until it is mended.
        case .certainlyNotSent where error.code == .invalidRequest: return .accountRefused(reason)
        case .certainlyNotSent: return .notTaken(reason)
        // The file broke off while it was read: half a request is none.
        case .uncertain where error.code == .requestBody: return .notTaken(reason)
        case .uncertain: return .ambiguous(reason)
        }
    }

    private static func outcome(of error: TelegramError) -> SendOutcome {
        if error.code == 429 { return .throttled(retryAfter: error.retryAfter ?? TelegramError.usualWait) }
        if let chat = error.migrateTo { return .moved(chat: String(chat)) }
        switch error.code {
        case 400, 403, 413:
            let code = refusal(error)
            return .refused(reason(code, error.text), blocked: code == "customer_blocked")
        case 401, 404, 421: return .accountRefused(reason("unauthorized", error.text))
        case 402, 405..<500: return .notTaken(reason(error.code == 409 ? "conflict" : "provider_error", error.text))
        default: return .ambiguous(reason("provider_error", error.text))
        }
    }

    /// Not Telegram's own words. What a proxy refuses has not reached Telegram, but is no verdict about customer or account.
    private static func outcome(ofStatus status: Int, retryAfter: Duration?) -> SendOutcome {
        let reason = reason("provider_error", "Telegram's answer cannot be read (HTTP \(status))")
        switch status {
        case 429: return .throttled(retryAfter: retryAfter ?? TelegramError.usualWait)
        case 413: return .refused(self.reason("too_large", reason.text), blocked: false)
        case 300..<500: return .notTaken(reason)
        default: return .ambiguous(reason)
        }
    }

    /// The code of a refusal for good.
    static func refusal(_ error: TelegramError) -> String {
        error.code == 413 ? "too_large" : TelegramRefusals.code(of: error)
    }

    private static func messageID(_ result: ArraySlice<UInt8>) -> Int64? {
        let bytes = Array(result)
        guard let members = try? JSONSplitter.members(of: bytes),
            let member = members.last(where: { $0.name == "message_id" }),
            let id = try? JSONValue(parsing: bytes[member.value]).int64, id > 0
        else { return nil }
        return id
    }

    static func reason(_ code: String, _ text: String) -> Reason {
        Reason(code: code, text: text.cut(toBytes: TelegramLimits.reasonBytes))
    }

    // MARK: something else was to be done

    /// What is done twice is harmless, so what nobody knows is done again.
    static func actionOutcome(of answer: TelegramAnswer, calling method: String) -> ActionOutcome {
        switch answer {
        case .result: return .done
        case .unreadable(429, let wait): return .throttled(retryAfter: wait ?? TelegramError.usualWait)
        case .unreadable(let status, _):
            return .again(reason("provider_error", "Telegram's answer cannot be read (HTTP \(status))"))
        case .error(let error):
            if TelegramRefusals.isDone(error, calling: method) { return .done }
            switch error.code {
            case 429: return .throttled(retryAfter: error.retryAfter ?? TelegramError.usualWait)
            case 400, 403, 413: return .refused(reason(refusal(error), error.text))
            case 401, 404, 421: return .accountRefused(reason("unauthorized", error.text))
            default: return .again(reason("provider_error", error.text))
            }
        }
    }

    static func actionOutcome(of error: HTTPFetchError) -> ActionOutcome {
        let reason = reason("unavailable", "no answer from Telegram: \(error.detail)")
        return error.code == .invalidRequest ? .accountRefused(reason) : .again(reason)
    }

    // MARK: anything else was asked

    /// Why a call that must succeed (`getMe`, `getUpdates` …) did not; nil where it did.
    static func failure(of answer: TelegramAnswer, calling method: String) -> ConnectorFailure? {
        switch answer {
        case .result: return nil
        case .unreadable(429, let wait):
            return ConnectorFailure(
                .throttled(wait ?? TelegramError.usualWait), "Telegram is asked too often (\(method))")
        case .unreadable(let status, _):
            return ConnectorFailure(.unavailable, "Telegram's answer to \(method) cannot be read (HTTP \(status))")
        case .error(let error):
            let text = "Telegram refuses \(method): \(error.text)"
            switch error.code {
            case 429: return ConnectorFailure(.throttled(error.retryAfter ?? TelegramError.usualWait), text)
            case 401, 404, 421: return ConnectorFailure(.refused, text)
            case 409: return ConnectorFailure(.conflict, text)
            default: return ConnectorFailure(.unavailable, text)
            }
        }
    }

    static func failure(of error: HTTPFetchError, calling method: String) -> ConnectorFailure {
        ConnectorFailure(
            error.code == .invalidRequest ? .refused : .unavailable,
            "no answer from Telegram to \(method): \(error.detail)")
    }
}
