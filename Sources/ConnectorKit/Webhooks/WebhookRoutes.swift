import Coordination
import Domain
import Logging
import Store
import Web

/// `/webhooks/{account}/{secret}` of a connector whose messenger pushes (agent-api.md, "REST"): stored before it is answered, at
/// either member of a pair, whoever holds the lease.
package struct WebhookRoutes: Sendable {
    private let watch: AccountWatch
    private let batcher: PushedBatcher
    private let bodyLimit: Int64
    private let answered: MetricCounter
    private let skipped: MetricCounter
    private let logger: Logger

    /// - Parameter bodyLimit: bytes (`limits.webhook_body`).
    package init(
        _ watch: AccountWatch, store: Store, coordination: any Coordination, bodyLimit: Int64, metrics: MetricsRegistry,
        logger: Logger
    ) {
        self.watch = watch
        batcher = PushedBatcher(store: store, coordination: coordination)
        self.bodyLimit = bodyLimit
        self.logger = logger
        answered = metrics.counter(
            "eralink_webhooks_total", help: "Requests of messengers, by what was answered.",
            labels: ["account", "result"])
        skipped = metrics.counter(
            "eralink_provider_skipped_total", help: "Updates that were confirmed without being stored.",
            labels: ["account", "label"])
    }

    package var routes: [WebRoute] {
        let pattern = "/webhooks/{account}/{secret}"
        return [
            WebRoute(.get, pattern) { request in
                do throws(EralinkError) {
                    _ = try await served(request)
                    return .text("ok\n", headers: ["Cache-Control": "no-store"])
                } catch {
                    return .problem(error)
                }
            },
            WebRoute(.post, pattern, bodyLimit: bodyLimit) { request in await take(request) },
        ]
    }

    private func take(_ request: WebRequest) async -> WebResponse {
        var account = "unknown"
        do {
            let served = try await served(request)
            account = served.account.name
            guard let receiver = served.receiver else {
                throw EralinkError(.notFound, "the messenger of this account does not push")
            }
            let body = try await request.body.collect(upTo: Int(bodyLimit))
            let headers = request.headers
            let reading = try receiver.read(
                WebhookRequest(body: body) { name in
                    let values = headers.values(name)
                    return values.count == 1 ? values[0] : nil
                })
            for (label, count) in reading.skipped { skipped.add(Double(count), account, label) }
            if !reading.items.isEmpty { try await batcher.store(reading.items, of: served.account.id) }
            answered.add(1, account, "ok")
            return WebResponse(status: 200, headers: ["Cache-Control": "no-store"])
        } catch let refusal as WebhookRefusal {
            return refused(account, refusal.error)
        } catch let error as EralinkError {
            // The database's own reasons are nobody's business at the other end; it is to come again.
            let isOurs = [.unavailable, .internal].contains(error.code)
            return refused(
                account,
                isOurs
                    ? EralinkError(.unavailable, "it could not be stored; come again", retryAfterMilliseconds: 1000)
                    : error)
        } catch {
            return refused(
                account, EralinkError(.unavailable, "the request was not taken", retryAfterMilliseconds: 1000))
        }
    }

    /// Throws `not_found` for another account or another secret; it takes as long to find out as it takes to say yes.
    private func served(_ request: WebRequest) async throws(EralinkError) -> AccountWatch.Served {
        let served: AccountWatch.Served
        do throws(EralinkError) {
            served = try await watch.current()
        } catch {
            throw error.code == .notFound ? Self.unknown : error
        }
        let isKnown = ConstantTime.equal(request.parameter("secret"), served.webhookSecret)
        guard request.parameter("account") == served.account.name, isKnown else { throw Self.unknown }
        return served
    }

    private static let unknown = EralinkError(.notFound, "there is no such webhook")

    private func refused(_ account: String, _ error: EralinkError) -> WebResponse {
        answered.add(1, account, error.code.name)
        logger.debug("webhook refused", metadata: ["result": "\(error.code.name)"])
        return .problem(error)
    }
}

extension WebhookRefusal {
    fileprivate var error: EralinkError {
        switch self {
        case .unreadable: EralinkError(.invalidRequest, "the body cannot be read")
        case .unauthorized: EralinkError(.unauthorized, "the request does not come from the messenger")
        }
    }
}
