/// What a customer sees: the messenger (mission.md).
package enum Channel: String, Sendable, CaseIterable {
    case telegram, whatsapp, viber, vk, ok
}

/// What serves a channel's API.
package enum Provider: String, Sendable, CaseIterable {
    case telegram, infobip, mfms, viber, vk, ok
}

/// The kind of an account names its connector: `eralink connector run KIND` (cli.md).
package enum AccountKind: String, Sendable, CaseIterable {
    case telegram, viber, vk, ok
    case whatsappInfobip = "whatsapp-infobip"
    case whatsappMfms = "whatsapp-mfms"

    package var channel: Channel {
        switch self {
        case .telegram: .telegram
        case .viber: .viber
        case .vk: .vk
        case .ok: .ok
        case .whatsappInfobip, .whatsappMfms: .whatsapp
        }
    }

    package var provider: Provider {
        switch self {
        case .telegram: .telegram
        case .viber: .viber
        case .vk: .vk
        case .ok: .ok
        case .whatsappInfobip: .infobip
        case .whatsappMfms: .mfms
        }
    }
}
