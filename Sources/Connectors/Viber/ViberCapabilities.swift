import Domain

/// What Viber can do (w-chat's table replaces this one).
package enum ViberCapabilities {
    package static func make(settings: [String: String] = [:]) -> Capabilities {
        var kinds: [MessageKind: Capabilities.Kind] = [:]
        for kind in MessageKind.allCases where kind != .system && kind != .template {
            kinds[kind] = .init(send: .no, receive: true)
        }
        kinds[.text] = .init(send: .full, receive: true)
        return Capabilities(kinds: kinds, textMax: 7000, textUnit: .utf16, delivered: true, read: true)
    }

    package static let burstPerChat = 5

    package static func rate(_ settings: [String: String]) -> Double {
        settings["rate"].flatMap(Double.init) ?? 40
    }

    package static func ratePerChat(_ settings: [String: String]) -> Double {
        settings["rate_per_chat"].flatMap(Double.init) ?? 1
    }
}
