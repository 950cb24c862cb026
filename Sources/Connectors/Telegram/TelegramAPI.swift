import ConnectorKit
import Domain
import HTTPFetch

/// Calls methods of the Bot API over one fetcher. The token stands in the path and nowhere else.
struct TelegramAPI: Sendable {
    let baseURL: String
    let token: Secret
    let fetcher: HTTPFetcher

    struct Exchange: Sendable, Equatable {
        var answer: TelegramAnswer
        var status: Int
        var body: [UInt8]
    }

    /// `repeatable`: whether the request may be sent again by the fetcher itself when a kept connection turns out to be dead.
    func call(
        _ call: TelegramOutgoing.Call, timeout: Duration, repeatable: Bool, maxBytes: Int = 1 << 20
    ) async throws(HTTPFetchError) -> Exchange {
        let response = try await fetcher.fetch(
            HTTPRequest(
                .post, "\(baseURL)/bot\(token.reveal())/\(call.method)", headers: ["Content-Type": "application/json"],
                body: .bytes(call.body), timeouts: HTTPTimeouts(total: timeout), maxResponseBytes: maxBytes,
                label: call.method, mayBeRepeated: repeatable))
        let answer = TelegramAnswer.read(
            status: response.status, retryAfter: response.headers["Retry-After"], body: response.body)
        return Exchange(answer: answer, status: response.status, body: response.body)
    }

    /// Calls a method that may be called twice.
    func exchange(
        of call: TelegramOutgoing.Call, timeout: Duration, maxBytes: Int = 1 << 20
    ) async throws(ConnectorFailure) -> Exchange {
        do throws(HTTPFetchError) {
            return try await self.call(call, timeout: timeout, repeatable: true, maxBytes: maxBytes)
        } catch {
            throw redacted(TelegramVerdict.failure(of: error, calling: call.method))
        }
    }

    /// Why the method failed, in words for a person; an answer that came is one that could not be understood.
    func failure(_ exchange: Exchange, calling method: String) -> ConnectorFailure {
        redacted(
            TelegramVerdict.failure(of: exchange.answer, calling: method)
                ?? ConnectorFailure(.unavailable, "Telegram's answer to \(method) is of an unknown shape"))
    }

    private func redacted(_ failure: ConnectorFailure) -> ConnectorFailure {
        ConnectorFailure(failure.kind, TelegramToken.redact(failure.message, token))
    }
}
