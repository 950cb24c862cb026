import Domain
import Store

/// Agents' tokens that end soon: their desktops stop at that moment.
enum TokensCheck {
    static func judge(_ tokens: [TokenRecord], now: Timestamp) -> [Diagnosis] {
        let live = tokens.filter { $0.revokedAt == nil && ($0.expiresAt.map { $0 > now } ?? true) }
        let soon = live.filter { token in token.expiresAt.map { $0 < now.adding(.seconds(7 * 86_400)) } ?? false }
        if live.isEmpty {
            return [.warning("tokens", "no agent has a token", "eralink token create --name anna --scope agent")]
        }
        guard !soon.isEmpty else { return [.ok("tokens", "\(live.count) live")] }
        let names = soon.prefix(5).map { "\($0.name) on \($0.expiresAt?.description.prefix(10) ?? "")" }
        return [
            .warning(
                "tokens", "\(soon.count) end within a week: \(names.joined(separator: ", "))",
                "make new ones with \"eralink token create\" and hand them out")
        ]
    }
}
