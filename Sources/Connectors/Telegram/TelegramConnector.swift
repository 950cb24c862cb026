import ConnectorKit
import Domain
import HTTPFetch
import JSON
import Logging

/// Telegram's Bot API for one bot: a long poll for what comes, a call for each thing that goes.
package final class TelegramConnector: MessengerConnector {
    private let account: ConnectorAccount
    private let settings: Settings
    private let polls: TelegramAPI
    private let sends: TelegramAPI
    private let sender: TelegramSender
    private let actions: TelegramActions
    private let logger: Logger

    package struct Settings: Sendable {
        /// Telegram answers an empty long poll after this time; at most 50 s.
        package var pollSeconds = 50
        /// Long, since a send that is given up may have been taken (providers' digest, section 8).
        package var sendTimeout = Duration.seconds(45)
        package var callTimeout = Duration.seconds(20)
        /// How long a poll that brought nothing new to confirm holds back the next one.
        package var stuckPause = Duration.seconds(1)

        package init() {}
    }

    /// Two fetchers, so that a poll of 50 s holds up no send: the caller closes both.
    package init(
        account: ConnectorAccount, polls: HTTPFetcher, sends: HTTPFetcher, files: any OutgoingFiles,
        settings: Settings = Settings(), logger: Logger
    ) {
        self.account = account
        self.settings = settings
        self.polls = TelegramAPI(baseURL: account.apiURL, token: account.token, fetcher: polls)
        self.sends = TelegramAPI(baseURL: account.apiURL, token: account.token, fetcher: sends)
        self.logger = logger
        let moves = TelegramMoves()
        sender = TelegramSender(api: self.sends, files: files, timeout: settings.sendTimeout, moves: moves)
        actions = TelegramActions(api: self.sends, timeout: settings.callTimeout, moves: moves)
    }

    package func open() async throws(ConnectorFailure) -> MessengerIdentity {
        let identity = try await identity()
        try await removeWebhook()
        return identity
    }

    /// A webhook that somebody set is told of, and left.
    package func check() async throws(ConnectorFailure) -> MessengerIdentity {
        var identity = try await identity()
        let webhook = try await ask("getWebhookInfo")
        let url = webhook["url"]?.string ?? ""
        // Without what stands after the host: it may be somebody's secret.
        identity.facts["webhook"] =
            url.isEmpty ? "none" : url.split(separator: "/", maxSplits: 2).prefix(2).joined(separator: "//")
        identity.facts["pending"] = (webhook["pending_update_count"]?.int64).map { "\($0)" }
        return identity
    }

    private func identity() async throws(ConnectorFailure) -> MessengerIdentity {
        guard TelegramToken.isWellFormed(account.token) else {
            throw ConnectorFailure(
                .refused, "the token of account \(account.name) has not the shape of a Telegram token, 123456:ABC…")
        }
        let me = try await ask("getMe")
        guard let id = me["id"]?.int64 else {
            throw ConnectorFailure(.unavailable, "Telegram's answer to getMe names no bot")
        }
        return MessengerIdentity(
            externalID: String(id), name: me["username"]?.string ?? TelegramPerson.name(of: me) ?? String(id))
    }

    /// Telegram answers polls only where no webhook is set. Updates that wait are kept: customers wrote them.
    private func removeWebhook() async throws(ConnectorFailure) {
        let webhook = try await ask("getWebhookInfo")
        guard webhook["url"]?.string?.isEmpty == false else { return }
        logger.notice("removing the webhook, polling from now on", metadata: ["account": "\(account.name)"])
        _ = try await ask("deleteWebhook")
    }

    package func poll(from position: Int64?) async throws(ConnectorFailure) -> PollBatch {
        let call = TelegramOutgoing.poll(from: position, seconds: settings.pollSeconds)
        // An answer holds about 4 MiB.
        let exchange = try await polls.exchange(
            of: call, timeout: .seconds(settings.pollSeconds + 15), maxBytes: 16 << 20)
        guard let page = page(of: exchange, from: position) else {
            throw polls.failure(exchange, calling: call.method)
        }
        log(page)
        // The batch is handed over even when the task was cancelled meanwhile: storing it twice is harmless.
        if page.isStuck { try? await Task.sleep(for: settings.stuckPause) }
        return page.batch
    }

    private func page(of exchange: TelegramAPI.Exchange, from position: Int64?) -> TelegramPage? {
        switch exchange.answer {
        case .result(let range): try? TelegramPage(reading: exchange.body[range], from: position)
        case .unreadable(200, _): TelegramPage(salvaging: exchange.body, from: position)
        case .unreadable, .error: nil
        }
    }

    private func log(_ page: TelegramPage) {
        for (label, count) in page.batch.skipped.sorted(by: { $0.key < $1.key }) {
            logger.log(
                level: label == TelegramIncoming.unreadable ? .warning : .info,
                "updates confirmed without being stored",
                metadata: ["account": "\(account.name)", "label": "\(label)", "count": "\(count)"])
        }
    }

    package func send(_ part: OutgoingPart) async -> SendReport { await sender.send(part) }

    package var albumLimit: Int { TelegramAlbum.limit }

    package func canSendTogether(_ parts: [OutgoingPart]) -> Bool { TelegramAlbum.mayStandTogether(parts) }

    package func sendAlbum(_ parts: [OutgoingPart]) async -> [SendReport] { await sender.sendAlbum(parts) }

    package func perform(_ action: OutgoingAction) async -> ActionReport { await actions.perform(action) }

    package func download(_ source: String, into sink: any FileSink) async -> DownloadOutcome {
        await TelegramDownload(api: sends, timeout: settings.callTimeout).fetch(source, into: sink)
    }

    package func avatarSource(of chat: String) async throws(ConnectorFailure) -> String? {
        try await TelegramPictures(api: sends, timeout: settings.callTimeout).source(of: chat)
    }

    package func showTyping(in chat: String) async {
        guard let call = TelegramOutgoing.typing(in: chat) else { return }
        // Of no consequence, and out of date in five seconds.
        _ = try? await sends.call(call, timeout: .seconds(5), repeatable: false)
    }

    private func ask(_ method: String) async throws(ConnectorFailure) -> JSONValue {
        let call = TelegramCall(method)
        let exchange = try await sends.exchange(of: call, timeout: settings.callTimeout)
        guard case .result(let range) = exchange.answer,
            let result = try? JSONValue(parsing: exchange.body[range], limits: .init(invalidUTF8: .replace))
        else { throw sends.failure(exchange, calling: method) }
        return result
    }
}
