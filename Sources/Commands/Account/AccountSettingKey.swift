import Domain

/// A setting that an account of some kind may have (cli.md, "Account settings").
struct AccountSettingKey: Sendable {
    let name: String
    /// Sealed together with the token, and taken from files only.
    var isSecret = false
    /// Whether an account of the kind is nothing without it.
    var isRequired = false
    /// What is wrong with a value, as half a sentence for after "the value …"; nil where nothing is.
    let problem: @Sendable (String) -> String?

    static func text(_ name: String, atMost limit: Int = 1024) -> Self {
        Self(name: name) { text in
            let isPlain = !text.unicodeScalars.contains { $0.value < 0x20 || $0.value == 0x7F }
            return isPlain && text.utf8.count <= limit
                ? nil : "is longer than \(limit) bytes, or holds control characters"
        }
    }

    static func url(_ name: String, schemes: [String] = ["https", "http"]) -> Self {
        Self(name: name) { AccountURL.problem(with: $0, schemes: schemes) }
    }

    static func count(_ name: String, _ range: ClosedRange<Int>) -> Self {
        Self(name: name) { text in
            Int(text).map(range.contains) == true
                ? nil : "is not a whole number from \(range.lowerBound) to \(range.upperBound)"
        }
    }

    static func rate(_ name: String) -> Self {
        Self(name: name) { text in
            let isPlain = text.utf8.allSatisfy { ($0 >= 0x30 && $0 <= 0x39) || $0 == 0x2E }
            guard isPlain, let rate = Double(text), rate <= 100_000 else {
                return "is not a number of sends per second, such as 30 or 0.5 (0 = no limit)"
            }
            return nil
        }
    }

    static func choice(_ name: String, _ words: [String]) -> Self {
        Self(name: name) { words.contains($0) ? nil : "is not one of \(words.joined(separator: ", "))" }
    }

    static func secret(_ name: String) -> Self {
        Self(name: name, isSecret: true) { SecretText.problem(with: $0) }
    }

    var required: Self {
        var key = self
        key.isRequired = true
        return key
    }
}

extension AccountKind {
    /// The settings of an account of this kind.
    var settingKeys: [AccountSettingKey] {
        let header: [AccountSettingKey] = [.text("webhook.header", atMost: 128), .secret("webhook.header_value")]
        let own: [AccountSettingKey] =
            switch self {
            case .telegram, .ok: []
            case .viber: [.text("sender.name", atMost: 112), .url("sender.avatar")]
            case .vk: [.count("group_id", 1...Int.max).required, .text("api_version", atMost: 16)]
            case .whatsappInfobip:
                [.text("sender", atMost: 64).required, .text("webhook.user", atMost: 128), .secret("webhook.password")]
                    + header
            case .whatsappMfms: [.text("subject", atMost: 128).required] + header
            }
        return Self.commonSettingKeys + own
    }

    /// Where the messenger's API is, unless `api_url` says otherwise; nil: it must.
    var defaultAPIURL: String? {
        switch self {
        case .telegram: "https://api.telegram.org"
        case .viber: "https://chatapi.viber.com"
        case .vk: "https://api.vk.com"
        case .ok: "https://api.ok.ru"
        case .whatsappMfms: "https://im.edna.ru/api"
        case .whatsappInfobip: nil
        }
    }

    private static let commonSettingKeys: [AccountSettingKey] = [
        .url("api_url"), .url("public_url"), .rate("rate"), .rate("rate_per_chat"),
        .choice("resend_policy", ResendPolicy.allCases.map(\.rawValue)),
        .choice("media.allow_insecure", ["true", "false"]), .count("text_limit", 1...100_000), .text("bot"),
        .count("retention_days", 1...36_500),
        AccountSettingKey(name: "webhook.secret", isSecret: true) { text in
            let isPathPart = text.utf8.allSatisfy { byte in
                switch byte {
                case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x5F: true
                default: false
                }
            }
            return isPathPart && (16...128).contains(text.utf8.count)
                ? nil : "is not 16 to 128 letters, digits, dashes and underscores"
        },
    ]
}
