import Crypto
import Domain

/// Signed links by which a file can be fetched without a token until they expire (agent-api.md, "REST").
package struct FileLinks: Sendable {
    private let key: SymmetricKey

    /// - Parameter secretsKey: of `secrets.key_file`, 32 bytes; the links have a key of their own, derived from it.
    package init(secretsKey: [UInt8]) {
        key = HKDF<SHA256>.deriveKey(
            inputKeyMaterial: SymmetricKey(data: secretsKey), info: Array("eralink file links v1".utf8),
            outputByteCount: 32)
    }

    /// `/files/{account}/{file}?exp=…&sig=…`, for agents.
    package func path(to file: FileID, account: String, until expiry: Int64) -> String {
        "/files/\(account)/\(file)?exp=\(expiry)&sig=\(signature(file, account, expiry))"
    }

    /// `/files/{account}/{file}/{exp}.{sig}/{name.ext}`, for messengers, which want a name with its extension in the path.
    package func path(to file: FileID, account: String, named name: String, until expiry: Int64) -> String {
        "/files/\(account)/\(file)/\(expiry).\(signature(file, account, expiry))/\(Self.encoded(name))"
    }

    /// Whether the link was made here and has not expired. Seconds since 1970.
    package func admits(_ file: FileID, account: String, expiry: Int64, signature: String, now: Int64) -> Bool {
        guard expiry > now, let bytes = Self.bytes(signature) else { return false }
        return HMAC<SHA256>.isValidAuthenticationCode(
            bytes, authenticating: Self.subject(file, account, expiry), using: key)
    }

    private func signature(_ file: FileID, _ account: String, _ expiry: Int64) -> String {
        HMAC<SHA256>.authenticationCode(for: Self.subject(file, account, expiry), using: key).map { byte in
            let digits = String(byte, radix: 16)
            return digits.count == 1 ? "0" + digits : digits
        }.joined()
    }

    private static func subject(_ file: FileID, _ account: String, _ expiry: Int64) -> [UInt8] {
        Array("\(account)/\(file)/\(expiry)".utf8)
    }

    private static func bytes(_ text: String) -> [UInt8]? {
        guard text.utf8.count == 64 else { return nil }
        var bytes: [UInt8] = []
        var rest = text[...]
        while !rest.isEmpty {
            guard let byte = UInt8(rest.prefix(2), radix: 16) else { return nil }
            bytes.append(byte)
            rest = rest.dropFirst(2)
        }
        return bytes
    }

    /// Percent-encodes all but what a path segment may hold as it is (RFC 3986, section 2.3).
    private static func encoded(_ name: String) -> String {
        name.utf8.map { byte in
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F, 0x7E: String(UnicodeScalar(byte))
            default: "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
            }
        }.joined()
    }
}
