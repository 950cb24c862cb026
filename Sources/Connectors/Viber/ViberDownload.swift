import ConnectorKit
import Domain
import HTTPFetch

/// Fetches what a customer sent, from the link that Viber gave.
struct ViberDownload: Sendable {
    let fetcher: HTTPFetcher
    let guarded: FetchGuard
    let now: @Sendable () -> Timestamp

    func fetch(_ source: String, into sink: any FileSink) async -> DownloadOutcome {
        guard let source = ViberMedia.Source(source) else {
            return .gone(Reason(code: "unsupported", text: "this is nothing that can be fetched"))
        }
        let request = HTTPRequest(
            .get, source.link, timeouts: HTTPTimeouts(total: .seconds(600), stall: .seconds(30)),
            maxResponseBytes: 1 << 32, redirects: .follow(max: 5), guarded: guarded, label: "media")
        do {
            return try await fetcher.fetch(request) { head, body in
                guard head.status == 200 else { return refusal(head, source) }
                try await sink.begin(
                    name: nil, mime: head.headers["Content-Type"],
                    size: head.headers["Content-Length"].flatMap { Int64($0) })
                for try await bytes in body { try await sink.write(bytes) }
                return .done
            }
        } catch let error as EralinkError {
            let reason = Reason(code: error.code.name, text: error.message)
            return error.retryable ? .again(reason, after: nil) : .gone(reason)
        } catch let error as HTTPFetchError {
            return failure(error, source)
        } catch {
            return again("unavailable", "the file cannot be fetched", source)
        }
    }

    private func refusal(_ head: HTTPResponseHead, _ source: ViberMedia.Source) -> DownloadOutcome {
        let text = "the file's address answers \(head.status)"
        switch head.status {
        case 408, 425, 429, 500...: return again("unavailable", text, source)
        // A link that Viber has just made may not be everywhere yet.
        case 401...404 where age(source) < ViberMedia.Source.patience: return again("unavailable", text, source)
        default: return .gone(Reason(code: "expired", text: text))
        }
    }

    private func failure(_ error: HTTPFetchError, _ source: ViberMedia.Source) -> DownloadOutcome {
        let reason = Reason(code: "provider_error", text: "the file cannot be fetched: \(error.detail)")
        switch error.code {
        case .guarded: return .gone(Reason(code: "forbidden", text: reason.text))
        case .tooLarge: return .gone(Reason(code: "too_large", text: reason.text))
        case .invalidRequest, .redirect: return .gone(reason)
        default: return again("unavailable", reason.text, source)
        }
    }

    private func again(_ code: String, _ text: String, _ source: ViberMedia.Source) -> DownloadOutcome {
        guard age(source) < ViberMedia.Source.life else {
            return .gone(Reason(code: "expired", text: "\(text); Viber keeps files for an hour"))
        }
        return .again(Reason(code: code, text: text), after: nil)
    }

    private func age(_ source: ViberMedia.Source) -> Duration {
        source.announcedAt.map { now().since($0) } ?? ViberMedia.Source.life
    }
}
