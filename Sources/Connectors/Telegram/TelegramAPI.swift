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
    /// `files`: where the bytes of uploads are read from while they are sent.
    func call(
        _ call: TelegramCall, timeout: Duration, repeatable: Bool, files: (any OutgoingFiles)? = nil,
        maxBytes: Int = 1 << 20
    ) async throws(HTTPFetchError) -> Exchange {
        var request = HTTPRequest(
            .post, "\(baseURL)/bot\(token.reveal())/\(call.method)",
            timeouts: HTTPTimeouts(total: timeout), maxResponseBytes: maxBytes, label: call.method,
            mayBeRepeated: repeatable)
        if let files, !call.uploads.isEmpty {
            request.body = call.body(files.bytes)
            request.timeouts.stall = .seconds(30)
        } else {
            request.headers = ["Content-Type": "application/json"]
            request.body = .bytes(call.json)
        }
        let response = try await fetcher.fetch(request)
        let answer = TelegramAnswer.read(
            status: response.status, retryAfter: response.headers["Retry-After"], body: response.body)
        return Exchange(answer: answer, status: response.status, body: response.body)
    }

    /// What so many bytes take beside the usual time, on a line of 2 Mbit/s.
    static func uploadTime(_ bytes: Int64) -> Duration { .seconds(bytes / (256 << 10)) }

    /// Calls a method that may be called twice.
    func exchange(
        of call: TelegramCall, timeout: Duration, maxBytes: Int = 1 << 20
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
