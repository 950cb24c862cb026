import Crypto
import Domain

/// `X-Viber-Content-Signature`: hex of HMAC-SHA256 over the raw body, keyed with the account's token (providers' digest,
/// section 3).
struct ViberSignature: Sendable {
    static let header = "X-Viber-Content-Signature"

    private let key: SymmetricKey

    init(token: Secret) { key = SymmetricKey(data: Array(token.reveal().utf8)) }

    /// Takes as long whatever the difference is.
    func isValid(_ signature: String, of body: [UInt8]) -> Bool {
        guard let code = Self.bytes(ofHex: signature), code.count == SHA256.byteCount else { return false }
        return HMAC<SHA256>.isValidAuthenticationCode(code, authenticating: body, using: key)
    }

    /// Twelve characters that only who has the token can make, for what the customer's device keeps for us. `purpose` tells its uses
    /// apart, and from Viber's own signatures.
    func seal(_ purpose: String, _ parts: [String]) -> String {
        // Lengths, so that no two lists of parts look the same.
        let text = parts.reduce("eralink \(purpose)") { $0 + "\n\($1.utf8.count) \($1)" }
        let code = HMAC<SHA256>.authenticationCode(for: Array(text.utf8), using: key)
        return String(code.prefix(9).reduce(into: "") { $0 += Self.hex($1) }.prefix(12))
    }

    private static func hex(_ byte: UInt8) -> String { (byte < 16 ? "0" : "") + String(byte, radix: 16) }

    static func bytes(ofHex text: String) -> [UInt8]? {
        let digits = text.utf8.map { digit -> UInt8? in
            switch digit {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
            case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
            case UInt8(ascii: "A")...UInt8(ascii: "F"): digit - UInt8(ascii: "A") + 10
            default: nil
            }
        }
        guard digits.count.isMultiple(of: 2), digits.allSatisfy({ $0 != nil }) else { return nil }
        return stride(from: 0, to: digits.count, by: 2).map { (digits[$0] ?? 0) << 4 | (digits[$0 + 1] ?? 0) }
    }
}
