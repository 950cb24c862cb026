import Domain

/// Moments as people write them: RFC 3339, or a duration ago.
enum Moment {
    /// Throws a usage error that says what to write.
    static func read(_ text: String, option: String, _ context: CommandContext) throws -> Timestamp {
        if let moment = Timestamp(rfc3339: text) { return moment }
        guard let duration = try? DurationText.parse(text) else {
            throw CommandFailure.usage(
                "\(option): \"\(text)\" is neither a moment such as 2026-01-31T10:00:00Z nor a duration ago such as 24h"
            )
        }
        return context.now().adding(.zero - duration)
    }
}
