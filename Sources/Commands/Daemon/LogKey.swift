import Logging

/// The names under which values stand in the log. Messages are constant texts; whoever searches, searches by these.
package enum LogKey: String, Sendable, CaseIterable {
    case account
    case address
    case agent
    case attempt
    case customer
    case duration = "duration_ms"
    case epoch
    case error
    case file
    case interaction
    case message
    case method
    case path
    case port
    case reason
    case role
    case seq
    case session
    case status
    case version
}

extension Logger.Metadata {
    /// `[.account: "shop"]` style metadata from our own keys.
    package init(_ values: KeyValuePairs<LogKey, String>) {
        self = [:]
        for (key, value) in values { self[key.rawValue] = .string(value) }
    }
}
