import Domain
import Store

/// Whether the key file is there, readable by its owner alone, and the one with which the accounts' secrets were sealed.
enum KeyCheck {
    /// - Parameters:
    ///   - key: what came of reading it.
    ///   - opened: by account, what came of opening its secret.
    static func judge(path: String?, key: EralinkError?, opened: [(account: String, error: EralinkError?)])
        -> [Diagnosis]
    {
        if let key {
            let parts = key.message.split(separator: ";", maxSplits: 1)
            return [
                .failed(
                    "key", String(parts.first ?? ""),
                    parts.count > 1 ? String(parts[1].drop { $0 == " " }) : "mend secrets.key_file")
            ]
        }
        let closed = opened.filter { $0.error != nil }.map(\.account)
        if !closed.isEmpty {
            let all = closed.count == opened.count ? "of every account" : "of \(closed.joined(separator: ", "))"
            return [
                .failed(
                    "key", "\(path ?? "the key") does not open the secrets \(all)",
                    "set secrets.key_file to the key they were stored with, or store the tokens anew: eralink account set NAME --token-file FILE"
                )
            ]
        }
        let count = opened.count == 1 ? "the secret of 1 account" : "the secrets of \(opened.count) accounts"
        return [.ok("key", "\(path ?? "") opens \(count)")]
    }
}
