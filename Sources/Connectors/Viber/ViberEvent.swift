import ConnectorKit
import Domain
import JSON

/// One callback, read so that whatever can be read of it is: what cannot be kept as it came is named in `damaged`.
struct ViberEvent: Sendable, Equatable {
    /// `message`, `delivered` …; nil where it is missing or no text.
    var name: String?
    var body: JSONValue
    /// The members of `message` that hold text no database can store, or that could not be read; each has a readable stand-in.
    var damaged: Set<String> = []
    /// Digits, however many: it is larger than 2^53, and never read as a double.
    var token: String?
    /// Tells callbacks apart that have no token: a digest of their bytes.
    var digest: String

    /// Nil where it is no JSON object.
    init?(reading bytes: [UInt8]) {
        body = .null
        digest = ""
        if let document = try? JSONDocument(parsing: bytes, limits: Self.limits), !document.hasUnstorableText {
            guard document.value.object != nil else { return nil }
            body = document.value
        } else {
            guard let members = try? JSONSplitter.members(of: bytes) else { return nil }
            body = .object(members.map { JSONMember($0.name, salvage($0.name, bytes[$0.value])) })
        }
        name = body["event"]?.string
        token = Self.token(body["message_token"])
        if token == nil { digest = ProviderJSON.digest(of: bytes) }
    }

    private static let limits = JSONLimits(invalidUTF8: .replace)

    private mutating func salvage(_ name: String, _ bytes: ArraySlice<UInt8>) -> JSONValue {
        guard name == "message", let members = try? JSONSplitter.members(of: bytes) else { return Self.value(bytes).0 }
        let inner = Array(bytes)
        return .object(
            members.map { member in
                let (value, isWhole) = Self.value(inner[member.value])
                if !isWhole { damaged.insert(member.name) }
                return JSONMember(member.name, value)
            })
    }

    private static func value(_ bytes: ArraySlice<UInt8>) -> (JSONValue, isWhole: Bool) {
        if bytes.count <= ViberLimits.memberBytes, let document = try? JSONDocument(parsing: bytes, limits: limits) {
            return (document.value, !document.hasUnstorableText)
        }
        return (.string(ProviderJSON.text(of: bytes, limit: ProviderJSON.rawBytes / 2)), false)
    }

    static func token(_ value: JSONValue?) -> String? {
        guard let text = value?.number?.text ?? value?.string, (1...40).contains(text.utf8.count),
            text.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) })
        else { return nil }
        return text
    }

    /// What names the callback among those of its kind and customer.
    var identity: String { token ?? "x\(digest)" }

    /// Milliseconds since 1970.
    var at: Timestamp? {
        guard let milliseconds = body["timestamp"]?.int64 else { return nil }
        let (microseconds, isOver) = milliseconds.multipliedReportingOverflow(by: 1000)
        let at = Timestamp(microseconds: microseconds)
        return !isOver && microseconds > 0 && Timestamp.writable.contains(at) ? at : nil
    }
}
