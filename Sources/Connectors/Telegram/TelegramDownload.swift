import ConnectorKit
import Domain
import HTTPFetch
import JSON

/// Fetches files that customers sent: `getFile` says where one is for the next hour, a GET streams it.
struct TelegramDownload: Sendable {
    let api: TelegramAPI
    let timeout: Duration

    /// How long a whole file may take, and how long it may stand still.
    private static let transferTime = Duration.seconds(600)
    private static let stall = Duration.seconds(30)
    /// What a bot's account with a problem, or a busy server, gets before the next try.
    private static let rest = Duration.seconds(30)

    private enum Step<Value> {
        case found(Value)
        /// The place is out of date: ask for it again.
        case stale
        case over(DownloadOutcome)
    }

    func fetch(_ source: String, into sink: any FileSink) async -> DownloadOutcome {
        for _ in 1...2 {
            switch await place(of: source) {
            case .stale: continue
            case .over(let outcome): return clean(outcome)
            case .found(let path):
                switch await transfer(path, into: sink) {
                case .stale: continue
                case .over(let outcome): return clean(outcome)
                case .found: return .done
                }
            }
        }
        return .again(reason("unavailable", "Telegram has not the file where it said it was"), after: nil)
    }

    // MARK: getFile

    private func place(of source: String) async -> Step<String> {
        var call = TelegramCall("getFile")
        call.text("file_id", source)
        do throws(HTTPFetchError) {
            let exchange = try await api.call(call, timeout: timeout, repeatable: true)
            return Self.place(in: exchange)
        } catch {
            return .over(.again(reason("unavailable", "no answer from Telegram: \(error.detail)"), after: nil))
        }
    }

    private static func place(in exchange: TelegramAPI.Exchange) -> Step<String> {
        switch exchange.answer {
        case .result(let range):
            let file = try? JSONValue(parsing: exchange.body[range], limits: .init(invalidUTF8: .replace))
            guard let path = file?["file_path"]?.string, let escaped = escape(path) else {
                return .over(
                    .again(
                        TelegramVerdict.reason("provider_error", "Telegram does not say where the file is"), after: nil)
                )
            }
            return .found(escaped)
        case .error(let error): return .over(outcome(of: error))
        case .unreadable(let status, let wait):
            return .over(
                .again(
                    TelegramVerdict.reason("provider_error", "Telegram's answer cannot be read (HTTP \(status))"),
                    after: wait))
        }
    }

    /// The digest's section 5, "Files in".
    private static func outcome(of error: TelegramError) -> DownloadOutcome {
        switch error.code {
        case 400 where error.mentions("temporarily unavailable"):
            .again(TelegramVerdict.reason("unavailable", error.text), after: nil)
        case 400 where error.mentions("too big"):
            .gone(TelegramVerdict.reason("too_large", "Telegram gives bots no file over 20 MB"))
        case 400, 403, 413: .gone(TelegramVerdict.reason("invalid_file", error.text))
        case 429:
            .again(TelegramVerdict.reason("throttled", error.text), after: error.retryAfter ?? TelegramError.usualWait)
        case 401, 404, 421: .again(TelegramVerdict.reason("unauthorized", error.text), after: rest)
        default: .again(TelegramVerdict.reason("provider_error", error.text), after: nil)
        }
    }

    /// The path as it stands in a URL; nil where it would lead out of the bot's files. A server of one's own gives an absolute
    /// one.
    static func escape(_ path: String) -> String? {
        let segments = path.split(separator: "/", omittingEmptySubsequences: true)
        guard !segments.isEmpty, !segments.contains(".."), !segments.contains("."), path.utf8.count <= 4096 else {
            return nil
        }
        let safe = Set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~".utf8)
        return segments.map { segment in
            segment.utf8.map { byte in
                if safe.contains(byte) { return String(UnicodeScalar(byte)) }
                return (byte < 16 ? "%0" : "%") + String(byte, radix: 16, uppercase: true)
            }.joined()
        }.joined(separator: "/")
    }

    // MARK: the bytes

    private func transfer(_ path: String, into sink: any FileSink) async -> Step<Void> {
        let request = HTTPRequest(
            .get, "\(api.baseURL)/file/bot\(api.token.reveal())/\(path)",
            timeouts: HTTPTimeouts(total: Self.transferTime, stall: Self.stall), maxResponseBytes: Int(Int32.max),
            label: "file")
        do {
            return try await api.fetcher.fetch(request) { head, stream in
                guard head.status == 200 else { return refusal(head) }
                // What the file is called, and what it is, was said by the message: here it is a path and no type.
                try await sink.begin(name: nil, mime: nil, size: head.headers["Content-Length"].flatMap { Int64($0) })
                for try await bytes in stream { try await sink.write(bytes) }
                return .found(())
            }
        } catch let error as EralinkError {
            let reason = reason(error.code == .tooLarge ? "too_large" : "unavailable", error.message)
            return .over(error.code == .tooLarge ? .gone(reason) : .again(reason, after: nil))
        } catch let error as HTTPFetchError {
            return .over(.again(reason("unavailable", "the file broke off: \(error.detail)"), after: nil))
        } catch {
            return .over(.again(reason("unavailable", "the file broke off"), after: nil))
        }
    }

    private func refusal(_ head: HTTPResponseHead) -> Step<Void> {
        let wait = head.headers["Retry-After"].flatMap { Int64($0) }.map(TelegramError.wait)
        let reason = reason("provider_error", "Telegram does not give the file (HTTP \(head.status))")
        switch head.status {
        case 404: return .stale
        case 401, 403: return .over(.again(reason, after: Self.rest))
        default: return .over(.again(reason, after: wait))
        }
    }

    private func reason(_ code: String, _ text: String) -> Reason { TelegramVerdict.reason(code, text) }

    private func clean(_ outcome: DownloadOutcome) -> DownloadOutcome {
        func clean(_ reason: Reason) -> Reason {
            Reason(code: reason.code, text: TelegramToken.redact(reason.text, api.token))
        }
        switch outcome {
        case .done: return .done
        case .gone(let reason): return .gone(clean(reason))
        case .again(let reason, let wait): return .again(clean(reason), after: wait)
        }
    }
}
