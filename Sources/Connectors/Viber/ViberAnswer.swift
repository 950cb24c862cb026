import ConnectorKit
import Domain
import JSON

/// What came back for one call: `{"status":0,"status_message":"ok",…}`. The HTTP status says nothing of success: refusals come with 200.
enum ViberAnswer: Sendable, Equatable {
    case answer(status: ViberStatus, words: String, body: JSONValue)
    /// Not the API's JSON, or cut off, or a server's failure.
    case unreadable(http: Int)

    static func read(http: Int, body: [UInt8]) -> ViberAnswer {
        // A 5xx says that the outcome is not known, whatever the body claims.
        guard http < 500, let value = try? JSONValue(parsing: body, limits: .init(invalidUTF8: .replace)),
            let status = value["status"]?.int64.flatMap(Int.init(exactly:))
        else { return .unreadable(http: http) }
        return .answer(
            status: ViberStatus(status),
            words: value["status_message"]?.string?.shortened(toBytes: ViberLimits.reasonBytes) ?? "", body: value)
    }
}

/// The status codes of the API (providers' digest, section 11), by what they mean for the account and for a message.
struct ViberStatus: Sendable, Equatable {
    enum Meaning: Sendable, Equatable {
        case ok
        /// Nothing goes out until an admin mends it; the code of the reason.
        case account(String)
        /// This message never will; the code of the reason.
        case message(String)
        /// The customer has left the bot.
        case notSubscribed
        case webhookMissing
        case tooMany
        /// The customer's devices are too old for what `min_api_version` asks for.
        case tooNew
        /// The webhook's address or its answer.
        case webhookBad
        /// A general error: again a few times.
        case other
    }

    var code: Int

    init(_ code: Int) { self.code = code }

    var meaning: Meaning { Self.table[code]?.meaning ?? .other }

    /// The API's own name of it, with its number.
    var name: String { Self.table[code].map { "\($0.name), status \(code)" } ?? "status \(code)" }

    private static let table: [Int: (name: String, meaning: Meaning)] = [
        0: ("ok", .ok),
        1: ("invalidUrl", .webhookBad),
        2: ("invalidAuthToken", .account("unauthorized")),
        3: ("badData", .message("provider_error")),
        4: ("missingData", .message("provider_error")),
        5: ("receiverNotRegistered", .message("customer_unreachable")),
        6: ("receiverNotSubscribed", .notSubscribed),
        7: ("publicAccountBlocked", .account("account_blocked")),
        8: ("publicAccountNotFound", .account("account_not_found")),
        9: ("publicAccountSuspended", .account("account_suspended")),
        10: ("webhookNotSet", .webhookMissing),
        11: ("receiverNoSuitableDevice", .message("customer_unreachable")),
        12: ("tooManyRequests", .tooMany),
        13: ("apiVersionNotSupported", .tooNew),
        14: ("incompatibleWithVersion", .message("provider_error")),
        15: ("publicAccountNotAuthorized", .account("unauthorized")),
        16: ("inchatReplyMessageNotAllowed", .message("provider_error")),
        17: ("publicAccountIsNotInline", .message("provider_error")),
        18: ("noPublicChat", .message("provider_error")),
        19: ("cannotSendBroadcast", .message("provider_error")),
        20: ("broadcastNotAllowed", .message("provider_error")),
        21: ("unsupportedCountry", .message("provider_error")),
        22: ("paymentUnsupported", .message("provider_error")),
        23: ("freeMessagesExceeded", .account("out_of_credit")),
        24: ("noBalance", .account("out_of_credit")),
    ]
}
