import Crypto
import Domain

/// Seals secrets for the database: AES-256-GCM under the key of `secrets.key_file`, bound to what they belong to, so that a
/// sealed secret cannot be moved to another account's row.
package struct SecretBox: Sendable {
    private let key: SymmetricKey

    /// - Parameter key: 32 bytes.
    package init(key: [UInt8]) { self.key = SymmetricKey(data: key) }

    package func seal(_ secret: Secret, for owner: String) throws(EralinkError) -> [UInt8] {
        do {
            let box = try AES.GCM.seal(
                Array(secret.reveal().utf8), using: key, authenticating: Array(owner.utf8))
            guard let combined = box.combined else { throw EralinkError(.internal, "the secret could not be sealed") }
            return Array(combined)
        } catch let error as EralinkError {
            throw error
        } catch {
            throw EralinkError(.internal, "the secret could not be sealed")
        }
    }

    package func open(_ sealed: [UInt8], for owner: String) throws(EralinkError) -> Secret {
        do {
            let plain = try AES.GCM.open(
                AES.GCM.SealedBox(combined: sealed), using: key, authenticating: Array(owner.utf8))
            return Secret(String(decoding: plain, as: UTF8.self))
        } catch {
            throw EralinkError(
                .internal,
                "the secret of \(owner) cannot be opened with this key; set secrets.key_file to the key it was stored with"
            )
        }
    }
}
