import ConnectorKit
import Domain

/// The exchanges of one attempt, for `eralink trace`: what went out and what came back, without the token.
struct TelegramTrail: Sendable {
    private let token: Secret
    private var requests: [String] = []
    private var responses: [String] = []

    init(hiding token: Secret) { self.token = token }

    var isEmpty: Bool { requests.isEmpty }

    mutating func asked(_ call: TelegramCall) { requests.append(call.readable) }

    mutating func answered(_ exchange: TelegramAPI.Exchange) {
        let body = TelegramRaw.readable(exchange.body, limit: TelegramLimits.reportBytes)
        responses.append("\(exchange.status) \(body)")
    }

    private var request: String { clean(requests.joined(separator: "\n")).cut(toBytes: TelegramLimits.requestBytes) }

    private var response: String? {
        responses.isEmpty
            ? nil : clean(responses.joined(separator: "\n")).cut(toBytes: TelegramLimits.reportBytes)
    }

    func report(_ outcome: SendOutcome) -> SendReport {
        SendReport(outcome: clean(outcome), request: request, response: response)
    }

    func report(_ outcome: ActionOutcome) -> ActionReport {
        ActionReport(outcome: clean(outcome), request: request, response: response)
    }

    private func clean(_ text: String) -> String { TelegramToken.redact(text, token) }

    private func clean(_ reason: Reason) -> Reason { Reason(code: reason.code, text: clean(reason.text)) }

    private func clean(_ outcome: SendOutcome) -> SendOutcome {
        switch outcome {
        case .refused(let reason, let blocked): .refused(clean(reason), blocked: blocked)
        case .notTaken(let reason): .notTaken(clean(reason))
        case .ambiguous(let reason): .ambiguous(clean(reason))
        case .accountRefused(let reason): .accountRefused(clean(reason))
        case .sent, .throttled, .moved: outcome
        }
    }

    private func clean(_ outcome: ActionOutcome) -> ActionOutcome {
        switch outcome {
        case .refused(let reason): .refused(clean(reason))
        case .again(let reason): .again(clean(reason))
        case .accountRefused(let reason): .accountRefused(clean(reason))
        case .done, .throttled: outcome
        }
    }
}
