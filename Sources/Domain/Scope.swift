/// What a token may do (design.md, "Security").
package enum Scope: String, Sendable, CaseIterable {
    case agent, supervisor, bot, admin
}

package enum PresenceState: String, Sendable, CaseIterable {
    case online, away, offline
}

/// How a send treats what the channel lacks: refuse it, or make the nearest thing of it.
package enum Adapt: String, Sendable, CaseIterable {
    case strict, fallback
}

/// Sending queues: a live reply overtakes any number of bulk messages.
package enum Lane: String, Sendable, CaseIterable {
    case live, bulk
}

/// What is done with an ambiguous attempt (design.md, rule 4).
package enum ResendPolicy: String, Sendable, CaseIterable {
    case auto, resend, hold
}
