import ConnectorKit
import Domain
import HTTPFetch
import JSON
import Logging
import Synchronization

/// Viber's REST API for one bot: a signed webhook for what comes, `send_message` for what goes, links for files.
package final class ViberConnector: MessengerConnector, WebhookReceiver {
    private let account: ConnectorAccount
    private let settings: Settings
    private let api: ViberAPI
    private let media: HTTPFetcher
    private let files: any OutgoingFiles
    private let signature: ViberSignature
    private let webhook: ViberWebhook
    private let logger: Logger
    private let state = Mutex(State())

    /// More than Viber lets anybody send.
    private static let mediaBytes = 256 << 20

    package struct Settings: Sendable {
        /// Long, since a send that is given up may have been taken: Viber dedupes nothing.
        package var sendTimeout = Duration.seconds(30)
        package var callTimeout = Duration.seconds(20)
        /// Of the webhook's own address, which is near.
        package var probeTimeout = Duration.seconds(10)
        /// How often `poll` makes sure that the webhook is still ours.
        package var checkPeriod = Duration.seconds(60)
        /// Between tries to set the webhook that sends ask for.
        package var registerPause = Duration.seconds(5)
        /// This machine's clock.
        package var now: @Sendable () -> Timestamp = { .now }
        /// 0…1: waits of many chats spread.
        package var jitter: @Sendable () -> Double = { .random(in: 0...1) }

        package init() {}
    }

    private struct State {
        /// The bot's own name: customers see it where `sender.name` is not set.
        var botName: String?
        /// Chats whose keyboard has a button for the phone.
        var asked = RecentChats<Bool>()
        /// How often in a row Viber found that a chat, or that a part, got too much.
        var throttled = RecentChats<Int>()
        var failed = RecentChats<Int>()
    }

    /// The caller closes both fetchers. `media` fetches what customers send, from addresses that Viber names.
    package init(
        account: ConnectorAccount, calls: HTTPFetcher, media: HTTPFetcher, files: any OutgoingFiles,
        settings: Settings = Settings(), logger: Logger
    ) {
        self.account = account
        self.settings = settings
        self.media = media
        self.files = files
        self.logger = logger
        api = ViberAPI(baseURL: account.apiURL, token: account.token, fetcher: calls)
        signature = ViberSignature(token: account.token)
        webhook = ViberWebhook(api, account, settings)
    }

    // MARK: the account

    package func open() async throws(ConnectorFailure) -> MessengerIdentity {
        let info = try await info()
        try await webhook.register()
        return MessengerIdentity(externalID: info.id, name: info.name)
    }

    package func check() async throws(ConnectorFailure) -> MessengerIdentity {
        let info = try await info()
        var identity = MessengerIdentity(externalID: info.id, name: info.name)
        identity.facts["webhook"] =
            if info.webhook.isEmpty {
                "none"
            } else if webhook.isSet(info) {
                "set"
            } else {
                "another"
            }
        if account.webhookURL == nil { identity.facts["public_url"] = "missing" }
        identity.facts["subscribers"] = info.subscribers.map(String.init)
        return identity
    }

    /// Nothing comes by polling: once in a while it makes sure that Viber still delivers here.
    package func poll(from position: Int64?) async throws(ConnectorFailure) -> PollBatch {
        do { try await Task.sleep(for: settings.checkPeriod) } catch { return PollBatch() }
        guard webhook.isSet(try await info()) else {
            throw ConnectorFailure(
                .conflict, "somebody has set another webhook for account \(account.name), or taken ours away")
        }
        return PollBatch()
    }

    private func info() async throws(ConnectorFailure) -> ViberAccountInfo {
        guard ViberToken.isWellFormed(account.token) else {
            throw ConnectorFailure(
                .refused, "the token of account \(account.name) has not the shape of a Viber token, 4f1d2c…-a0b1c2…")
        }
        guard let info = ViberAccountInfo(try await api.ask("get_account_info", timeout: settings.callTimeout)) else {
            throw ConnectorFailure(.unavailable, "Viber's answer to get_account_info names no account")
        }
        state.withLock { $0.botName = info.name }
        return info
    }

    // MARK: what comes

    package func read(_ request: WebhookRequest) throws(WebhookRefusal) -> WebhookReading {
        try ViberReceiver(account: account, now: settings.now).read(request)
    }

    package func download(_ source: String, into sink: any FileSink) async -> DownloadOutcome {
        let fetch = MediaFetch(fetcher: media, settings: account.settings, limit: Self.mediaBytes)
        return await ViberDownload(media: fetch, now: settings.now).fetch(source, into: sink)
    }

    /// Asked for customers of whom no message told it: a number of times a day that the kit stays below.
    package func avatarSource(of chat: String) async throws(ConnectorFailure) -> String? {
        let body = JSONWriter.object { $0.member("id", chat) }
        let details = try await api.ask("get_user_details", body, timeout: settings.callTimeout)
        return ViberPerson.profile(details["user"])?.avatarSource
    }

    // MARK: what goes

    package func send(_ part: OutgoingPart) async -> SendReport {
        let request: ViberOutgoing.Request
        do throws(ViberUnsendable) {
            request = try await prepare(part)
        } catch {
            return SendReport(outcome: redact(error.outcome), request: "", response: nil)
        }
        var attempt = await attempt(request.body)
        if attempt.verdict == .registerWebhook {
            do throws(ConnectorFailure) {
                try await webhook.register(again: true)
                attempt = await self.attempt(request.body)
            } catch {
                attempt.verdict = .outcome(.notTaken(Reason(code: "webhook_missing", text: error.message)))
            }
        }
        if case .simplify = attempt.verdict, let plainer = request.plainer { attempt = await self.attempt(plainer) }
        let outcome = outcome(of: attempt.verdict, part)
        if case .sent = outcome { remember(part.chat, asksPhone: request.asksPhone) }
        return SendReport(outcome: redact(outcome), request: attempt.request, response: attempt.response)
    }

    private struct Attempt {
        var verdict: ViberVerdict
        var request: String
        var response: String?
    }

    private func prepare(_ part: OutgoingPart) async throws(ViberUnsendable) -> ViberOutgoing.Request {
        let outgoing = ViberOutgoing(sender: try await sender(), signature: signature, files: files)
        return try await outgoing.request(for: part, asked: state.withLock { $0.asked[part.chat] ?? false })
    }

    private func sender() async throws(ViberUnsendable) -> ViberOutgoing.Sender {
        let chosen = account.settings["sender.name"].flatMap { $0.isEmpty ? nil : $0 }
        var name = chosen ?? state.withLock { $0.botName }
        if name == nil {
            do throws(ConnectorFailure) {
                name = try await info().name
            } catch {
                let reason = Reason(code: "unavailable", text: error.message)
                throw ViberUnsendable(error.kind == .refused ? .accountRefused(reason) : .notTaken(reason))
            }
        }
        return ViberOutgoing.Sender(
            name: (name ?? account.name).prefix(units: ViberLimits.senderName),
            avatar: account.settings["sender.avatar"])
    }

    private func attempt(_ body: [UInt8]) async -> Attempt {
        let request = api.redact("POST /pa/send_message \(String(decoding: body, as: UTF8.self))")
        do throws(HTTPFetchError) {
            let exchange = try await api.call("send_message", body, timeout: settings.sendTimeout, repeatable: false)
            let text = "\(exchange.http) \(ProviderJSON.readable(exchange.body, limit: ViberLimits.reportBytes))"
            return Attempt(
                verdict: .of(exchange.answer), request: request,
                response: api.redact(text).shortened(toBytes: ViberLimits.reportBytes))
        } catch {
            return Attempt(verdict: .outcome(ViberVerdict.outcome(of: error)), request: request)
        }
    }

    private func outcome(of verdict: ViberVerdict, _ part: OutgoingPart) -> SendOutcome {
        let key = "\(part.message).\(part.number)"
        switch verdict {
        case .outcome(let outcome):
            state.withLock { state in
                state.throttled[part.chat] = nil
                state.failed[key] = nil
            }
            return outcome
        case .registerWebhook:
            return .notTaken(Reason(code: "webhook_missing", text: "Viber says that no webhook is set"))
        case .simplify(let reason): return .refused(reason, blocked: false)
        case .throttled:
            let times = state.withLock { $0.throttled.count(part.chat) }
            return ViberPatience.afterThrottle(times, jitter: settings.jitter())
        case .fewTimes(let reason):
            return ViberPatience.afterFailure(state.withLock { $0.failed.count(key) }, reason)
        }
    }

    private func remember(_ chat: String, asksPhone: Bool) {
        state.withLock { state in
            if asksPhone || state.asked[chat] != nil { state.asked[chat] = asksPhone ? true : nil }
        }
    }

    private func redact(_ outcome: SendOutcome) -> SendOutcome {
        func clean(_ reason: Reason) -> Reason { Reason(code: reason.code, text: api.redact(reason.text)) }
        switch outcome {
        case .refused(let reason, let blocked): return .refused(clean(reason), blocked: blocked)
        case .notTaken(let reason): return .notTaken(clean(reason))
        case .ambiguous(let reason): return .ambiguous(clean(reason))
        case .accountRefused(let reason): return .accountRefused(clean(reason))
        case .sent, .throttled, .moved: return outcome
        }
    }
}

extension RecentChats<Int> {
    /// One more of it; how many there are now.
    fileprivate mutating func count(_ key: String) -> Int {
        let count = (self[key] ?? 0) + 1
        self[key] = count
        return count
    }
}
