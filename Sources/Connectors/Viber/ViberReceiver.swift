import ConnectorKit
import Domain

/// Reads what Viber delivers, at either member of a connector pair: it needs nothing but the account's token.
package struct ViberReceiver: WebhookReceiver {
    private let signature: ViberSignature
    private let now: @Sendable () -> Timestamp

    package init(account: ConnectorAccount, now: @escaping @Sendable () -> Timestamp = { .now }) {
        signature = ViberSignature(token: account.token)
        self.now = now
    }

    package func read(_ request: WebhookRequest) throws(WebhookRefusal) -> WebhookReading {
        guard let given = request.header(ViberSignature.header), signature.isValid(given, of: request.body) else {
            throw .unauthorized
        }
        guard let event = ViberEvent(reading: request.body) else { throw .unreadable }
        switch ViberIncoming(signature: signature, now: now()).read(event) {
        case .item(let item): return WebhookReading(items: [item])
        case .skipped(let label): return WebhookReading(skipped: [label: 1])
        }
    }
}
