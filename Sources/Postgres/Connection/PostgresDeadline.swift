/// How long a call may take, from its start to its last result.
package enum PostgresDeadline: Sendable {
    /// The configuration's.
    case standard
    case after(Duration)
    case unlimited

    func moment(_ configuration: PostgresConfiguration) -> MonotonicTime? {
        switch self {
        case .standard: configuration.deadline.map { .now + $0 }
        case .after(let duration): .now + duration
        case .unlimited: nil
        }
    }
}
