import Domain
import JSON

/// Why a part is not sent, found out before a request was made.
struct ViberUnsendable: Error, Equatable {
    var outcome: SendOutcome

    init(_ outcome: SendOutcome) { self.outcome = outcome }

    init(_ code: String, _ text: String) { outcome = .refused(Reason(code: code, text: text), blocked: false) }
}

/// A button as Viber's schemas have it (providers' digest, section 7).
struct ViberButton: Sendable, Equatable {
    enum Action: String, Sendable {
        case reply
        case openURL = "open-url"
        case sharePhone = "share-phone"
        case locationPicker = "location-picker"
        case none
    }

    var columns: Int
    var rows = 1
    var action: Action
    var body: String
    /// With its markup: `<`, `>` and `&` of people's texts are escaped.
    var text: String
    /// Whether the press is hidden from the chat: what we put into the body is for us alone.
    var isSilent = false
    var background: String?
    var alignment: String?

    /// The lowest `min_api_version` whose schema has it.
    var level: Int {
        switch action {
        case .reply, .openURL: 1
        case .sharePhone, .locationPicker, .none: 3
        }
    }

    static func escaped(_ text: String) -> String {
        text.reduce(into: "") { escaped, character in
            switch character {
            case "&": escaped += "&amp;"
            case "<": escaped += "&lt;"
            case ">": escaped += "&gt;"
            case "\n", "\r\n": escaped += "<br>"
            default: escaped.append(character)
            }
        }
    }
}

extension ViberButton: JSONWritable {
    func write(to writer: inout JSONWriter) {
        writer.objectValue {
            $0.member("Columns", columns)
            $0.member("Rows", rows)
            $0.member("ActionType", action.rawValue)
            $0.member("ActionBody", body)
            $0.member("Text", text)
            $0.member("TextSize", "regular")
            $0.optional("TextHAlign", alignment)
            $0.optional("BgColor", background)
            if isSilent { $0.member("Silent", true) }
        }
    }
}
