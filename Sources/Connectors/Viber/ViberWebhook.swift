import ConnectorKit
import Domain
import HTTPFetch
import JSON

/// Sets the account's webhook, and tells whether it is still set. It is never taken away: the member of the pair that takes over
/// answers at the same address.
actor ViberWebhook {
    /// The selectable ones beside the mandatory ones.
    static let eventTypes = ["delivered", "seen", "failed", "subscribed", "unsubscribed", "conversation_started"]

    private let api: ViberAPI
    private let account: ConnectorAccount
    private let settings: ViberConnector.Settings
    private var underWay: Task<Result<Void, ConnectorFailure>, Never>?
    private var failed: (at: ContinuousClock.Instant, ConnectorFailure)?

    init(_ api: ViberAPI, _ account: ConnectorAccount, _ settings: ViberConnector.Settings) {
        self.api = api
        self.account = account
        self.settings = settings
    }

    /// Makes sure that our address answers, then tells Viber. Whoever comes meanwhile waits for the same outcome.
    func register(again: Bool = false) async throws(ConnectorFailure) {
        if let underWay { return try await underWay.value.get() }
        if again, let failed, .now < failed.at + settings.registerPause { throw failed.1 }
        // Waited for right here; it goes on for the others should this caller be cancelled, and ends with the fetcher.
        let task = Task { () -> Result<Void, ConnectorFailure> in
            do throws(ConnectorFailure) { return .success(try await set()) } catch { return .failure(error) }
        }
        underWay = task
        let result = await task.value
        underWay = nil
        failed = nil
        if case .failure(let failure) = result { failed = (.now, failure) }
        try result.get()
    }

    nonisolated func isSet(_ info: ViberAccountInfo) -> Bool {
        info.webhook == account.webhookURL && info.eventTypes?.isSuperset(of: ["delivered", "seen", "failed"]) != false
    }

    private func set() async throws(ConnectorFailure) {
        guard let url = account.webhookURL else {
            throw ConnectorFailure(
                .refused,
                "account \(account.name) has no public_url, where Viber delivers what customers write; set it with "
                    + "\"eralink account set \(account.name) public_url=https://HOST\"")
        }
        try await probe(url)
        let body = JSONWriter.object {
            $0.member("url", url)
            $0.member("event_types", Self.eventTypes)
            $0.member("send_name", true)
            $0.member("send_photo", true)
        }
        do throws(ConnectorFailure) {
            _ = try await api.ask("set_webhook", body, timeout: .seconds(30))
        } catch {
            throw hidden(error)
        }
    }

    /// Viber calls back before it answers: there is no use in asking while nobody can be reached.
    private func probe(_ url: String) async throws(ConnectorFailure) {
        let base = account.settings["public_url"] ?? ""
        let request = HTTPRequest(
            .get, url, timeouts: HTTPTimeouts(connect: settings.probeTimeout, total: settings.probeTimeout),
            label: "own webhook",
            mayBeRepeated: false)
        let status: Int
        do throws(HTTPFetchError) {
            status = try await api.fetcher.fetch(request).status
        } catch {
            throw hidden(
                ConnectorFailure(
                    .unavailable,
                    "the webhook of account \(account.name) cannot be reached at \(base): \(error.detail)"))
        }
        guard status == 200 else {
            throw ConnectorFailure(
                .unavailable,
                "the webhook of account \(account.name) answers \(status) at \(base); is public_url the way to "
                    + "this connector?")
        }
    }

    /// Viber repeats the address in its words, and that is a secret between the two of us.
    private func hidden(_ failure: ConnectorFailure) -> ConnectorFailure {
        guard let secret = account.webhookSecret else { return failure }
        return ConnectorFailure(failure.kind, failure.message.hiding(secret, as: "secret"))
    }
}
