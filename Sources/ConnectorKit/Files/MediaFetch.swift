import Domain
import HTTPFetch

/// Fetches media by a URL that came from outside, for connectors whose messengers give such: the host is resolved once and pinned,
/// private addresses are refused unless the account allows them, redirects are vetted again, and what never ends is cut.
package struct MediaFetch: Sendable {
    private let fetcher: HTTPFetcher
    private let allowsInsecure: Bool
    private let limit: Int

    /// - Parameters:
    ///   - fetcher: the caller closes it.
    ///   - settings: of the account; `media.allow_insecure` allows http and private addresses.
    ///   - limit: bytes.
    package init(fetcher: HTTPFetcher, settings: [String: String], limit: Int) {
        self.fetcher = fetcher
        allowsInsecure = settings["media.allow_insecure"] == "true"
        self.limit = limit
    }

    package func download(_ url: String, into sink: any FileSink, label: String = "media") async -> DownloadOutcome {
        let request = HTTPRequest(
            .get, url, timeouts: HTTPTimeouts(connect: .seconds(10), total: .seconds(600), stall: .seconds(30)),
            maxResponseBytes: limit, redirects: .follow(max: 5),
            guarded: FetchGuard(allowsInsecure: allowsInsecure, allowsPrivate: allowsInsecure), label: label)
        do {
            return try await fetcher.fetch(request) { head, body in
                if let refusal = Self.refusal(head) { return refusal }
                try await sink.begin(
                    name: nil, mime: head.headers["Content-Type"].map(Self.type),
                    size: head.headers["Content-Length"].flatMap { Int64($0) })
                for try await chunk in body { try await sink.write(chunk) }
                return .done
            }
        } catch let error as HTTPFetchError {
            return Self.outcome(of: error)
        } catch let error as EralinkError where error.code == .tooLarge {
            return .gone(Reason(code: "too_large", text: error.message))
        } catch let error as EralinkError {
            return .again(Reason(code: "unavailable", text: error.message), after: nil)
        } catch {
            return .again(Reason(code: "unavailable", text: "the file could not be fetched"), after: nil)
        }
    }

    private static func refusal(_ head: HTTPResponseHead) -> DownloadOutcome? {
        switch head.status {
        case 200..<300: nil
        case 408, 425, 429, 500...:
            .again(
                Reason(code: "http_\(head.status)", text: "the file's host answered \(head.status)"),
                after: head.headers["Retry-After"].flatMap { Int($0) }.map { .seconds(min(max($0, 1), 3600)) })
        default: .gone(Reason(code: "http_\(head.status)", text: "the file's host answered \(head.status)"))
        }
    }

    private static func outcome(of error: HTTPFetchError) -> DownloadOutcome {
        let reason = Reason(code: "fetch_\(error.code)", text: error.detail)
        return switch error.code {
        case .guarded: .gone(Reason(code: "refused", text: "the file's address is not allowed: \(error.detail)"))
        case .tooLarge: .gone(Reason(code: "too_large", text: "the file is over the limit"))
        case _ where error.isTransient: .again(reason, after: nil)
        default: .gone(reason)
        }
    }

    private static func type(_ header: String) -> String {
        header.split(separator: ";").first.map { $0.trimmingBlanks().lowercased() } ?? header
    }
}

extension Substring {
    fileprivate func trimmingBlanks() -> Substring {
        let start = drop { $0 == " " || $0 == "\t" }
        return start.lastIndex { $0 != " " && $0 != "\t" }.map { start[...$0] } ?? ""
    }
}
