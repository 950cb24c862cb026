import Synchronization

/// Takes secrets out of log lines: those that were named to it, those under telling keys, and those with a telling shape.
///
/// It is the last guard. The code that knows a secret does not log it in the first place.
package final class LogRedactor: Sendable {
    private static let hidden = "***"
    private static let secretKeys: Set<String> = [
        "auth", "authorization", "key", "password", "secret", "text", "token",
    ]

    private let secrets = Mutex<[String]>([])

    package init() {}

    /// Never lets this text through again. Texts that are too short to be a secret are ignored.
    package func hide(_ secret: String) {
        guard secret.utf8.count >= 6 else { return }
        secrets.withLock { if !$0.contains(secret) { $0.append(secret) } }
    }

    package func redact(_ text: String, key: String? = nil) -> String {
        if let key, Self.secretKeys.contains(key.lowercased()) { return Self.hidden }
        var result = text
        for secret in secrets.withLock({ $0 }) where result.contains(secret) {
            result = result.replacing(secret, with: Self.hidden)
        }
        // Telegram's token stands in its URLs; the same shape is not used by anything that a log needs.
        if result.contains(":") { result = result.replacing(/[0-9]{6,12}:[A-Za-z0-9_-]{30,}/, with: Self.hidden) }
        if result.contains("earer ") {
            result = result.replacing(/([Bb]earer )[A-Za-z0-9._~+\/=-]+/) { "\($0.output.1)\(Self.hidden)" }
        }
        return result.contains("://") || result.contains("password") ? DatabaseURL.redacted(result) : result
    }
}
