import ConnectorKit
import Domain
import HTTPFetch
import JSON

/// What an answer means for a message that was to be sent, and for a call that must succeed.
enum ViberVerdict: Sendable, Equatable {
    case outcome(SendOutcome)
    /// Certainly not taken: register the webhook, then repeat.
    case registerWebhook
    /// Certainly not taken: repeat without what is new, where that can be left out.
    case simplify(Reason)
    /// Certainly not taken, over a rate that Viber does not name.
    case throttled
    /// Certainly not taken, for a reason that Viber does not name: a few times again.
    case fewTimes(Reason)

    static func of(_ answer: ViberAnswer) -> ViberVerdict {
        switch answer {
        case .answer(let status, let words, let body):
            let text = words.isEmpty ? "Viber answered \(status.name)" : "\(words) (\(status.name))"
            func reason(_ code: String) -> Reason { self.reason(code, text) }
            switch status.meaning {
            case .ok:
                guard let token = ViberEvent.token(body["message_token"]) else {
                    return .outcome(
                        .ambiguous(self.reason("provider_error", "Viber took the message but gave it no token")))
                }
                return .outcome(.sent(externalID: token))
            case .account(let code): return .outcome(.accountRefused(reason(code)))
            case .message(let code): return .outcome(.refused(reason(code), blocked: false))
            case .notSubscribed: return .outcome(.refused(reason("customer_blocked"), blocked: true))
            case .webhookMissing: return .registerWebhook
            case .tooMany: return .throttled
            case .tooNew: return .simplify(reason("unsupported"))
            case .webhookBad: return .outcome(.notTaken(reason("provider_error")))
            case .other: return .fewTimes(reason("provider_error"))
            }
        case .unreadable(let http):
            let reason = reason("provider_error", "Viber's answer cannot be read (HTTP \(http))")
            switch http {
            case 413: return .outcome(.refused(self.reason("too_large", reason.text), blocked: false))
            case 429: return .throttled
            // What a proxy refuses has not reached Viber.
            case 300..<500: return .outcome(.notTaken(reason))
            default: return .outcome(.ambiguous(reason))
            }
        }
    }

    /// No answer came. A request of which not a byte went out can be repeated; of any other nobody knows.
    static func outcome(of error: HTTPFetchError) -> SendOutcome {
        let reason = reason("unavailable", "no answer from Viber: \(error.detail)")
        switch error.delivery {
        // The address in the account's settings cannot be called: messages wait until it is mended.
        case .certainlyNotSent where error.code == .invalidRequest: return .accountRefused(reason)
        case .certainlyNotSent: return .notTaken(reason)
        case .uncertain: return .ambiguous(reason)
        }
    }

    static func reason(_ code: String, _ text: String) -> Reason {
        Reason(code: code, text: text.shortened(toBytes: ViberLimits.reasonBytes))
    }

    // MARK: anything else was asked

    /// How long a call that is asked too often rests: Viber does not say.
    static let rest = Duration.seconds(30)

    /// Why a call that must succeed did not; nil where it did.
    static func failure(of answer: ViberAnswer, calling method: String) -> ConnectorFailure? {
        switch answer {
        case .answer(let status, let words, _):
            let told = words.isEmpty ? status.name : "\(words) (\(status.name))"
            let text = "Viber refuses \(method): \(told)"
            switch status.meaning {
            case .ok: return nil
            case .account: return ConnectorFailure(.refused, text)
            case .tooMany: return ConnectorFailure(.throttled(rest), text)
            case .message, .notSubscribed, .webhookMissing, .tooNew, .webhookBad, .other:
                return ConnectorFailure(.unavailable, text)
            }
        case .unreadable(429): return ConnectorFailure(.throttled(rest), "Viber is asked too often (\(method))")
        case .unreadable(let http):
            return ConnectorFailure(.unavailable, "Viber's answer to \(method) cannot be read (HTTP \(http))")
        }
    }

    static func failure(of error: HTTPFetchError, calling method: String) -> ConnectorFailure {
        ConnectorFailure(
            error.code == .invalidRequest ? .refused : .unavailable,
            "no answer from Viber to \(method): \(error.detail)")
    }
}
