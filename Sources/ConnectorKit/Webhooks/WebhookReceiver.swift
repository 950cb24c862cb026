import Domain

/// A connector whose messenger pushes. The kit serves `POST /webhooks/{account}/{secret}` at both members of a pair: it checks
/// account and secret and the body's length, has the connector read the request, stores what comes of it, and only then answers 200.
package protocol WebhookReceiver: Sendable {
    /// Pure but for keys: the request in, what is to be stored out.
    func read(_ request: WebhookRequest) throws(WebhookRefusal) -> WebhookReading
}

package struct WebhookRequest: Sendable {
    /// Of a header, whatever its case; nil where it is missing or there twice.
    package var header: @Sendable (String) -> String?
    /// The raw bytes, as they were signed.
    package var body: [UInt8]

    package init(body: [UInt8], header: @escaping @Sendable (String) -> String?) {
        self.body = body
        self.header = header
    }
}

package struct WebhookReading: Sendable, Equatable {
    package var items: [Inbound]
    /// What is confirmed without being stored, by label, to be counted.
    package var skipped: [String: Int]

    package init(items: [Inbound] = [], skipped: [String: Int] = [:]) {
        self.items = items
        self.skipped = skipped
    }
}

/// Why a webhook's request is not taken. The answer never says what was expected.
package enum WebhookRefusal: Error, Sendable, Equatable {
    /// 400
    case unreadable
    /// 401: signature or credentials.
    case unauthorized
}
