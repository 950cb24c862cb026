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

    /// Calls a method that must succeed and gives the bytes of its result.
    func result(
        of call: TelegramOutgoing.Call, timeout: Duration, maxBytes: Int = 1 << 20
    ) async throws(ConnectorFailure) -> ArraySlice<UInt8> {
        let exchange: Exchange
        do throws(HTTPFetchError) {
            exchange = try await self.call(call, timeout: timeout, repeatable: true, maxBytes: maxBytes)
        } catch {
            throw redacted(TelegramVerdict.failure(of: error, calling: call.method))
        }
        if let failure = TelegramVerdict.failure(of: exchange.answer, calling: call.method) { throw redacted(failure) }
        guard case .result(let range) = exchange.answer else { return [] }
        return exchange.body[range]
    }

    private func redacted(_ failure: ConnectorFailure) -> ConnectorFailure {
        ConnectorFailure(failure.kind, TelegramToken.redact(failure.message, token))
    }
}
