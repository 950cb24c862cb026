/// One part of a message as it is to be sent: the message itself, unless the channel needs it in pieces or in another form.
package struct PartDraft: Sendable, Equatable {
    package var content: Content
    package var keyboard: Keyboard?

    package init(content: Content, keyboard: Keyboard? = nil) {
        self.content = content
        self.keyboard = keyboard
    }
}

/// Why a channel cannot take something, before it is known over which account (agent-api.md, "Errors").
package struct ChannelRefusal: Error, Sendable, Equatable {
    package var code: ErrorCode
    package var message: String
    /// What the channel lacks, for programs: `sticker`, `image.caption`, `keyboard.rows`.
    package var feature: String
    package var details: [EralinkError.Detail]

    init(_ code: ErrorCode, _ message: String, feature: String, details: [EralinkError.Detail] = []) {
        self.code = code
        self.message = message
        self.feature = feature
        self.details = details
    }

    package static func unsupported(
        _ feature: String, _ message: String, details: [EralinkError.Detail] = []
    ) -> ChannelRefusal {
        ChannelRefusal(.unsupported, message, feature: feature, details: details)
    }

    static func tooLong(_ what: String, feature: String, _ actual: Int, _ limit: Int, _ unit: Capabilities.TextUnit)
        -> ChannelRefusal
    {
        ChannelRefusal(
            .tooLong, "\(what) has \(actual) \(unit.rawValue) units, over the channel's \(limit)", feature: feature,
            details: bounds(actual, limit, unit.rawValue))
    }

    static func tooLarge(_ what: String, feature: String, _ actual: Int64, _ limit: Int64) -> ChannelRefusal {
        ChannelRefusal(
            .tooLarge, "\(what) has \(actual) bytes, over the channel's \(limit)", feature: feature,
            details: [
                .init("limit", .integer(limit)), .init("unit", "byte"), .init("actual", .integer(actual)),
            ])
    }

    static func bounds(_ actual: Int, _ limit: Int, _ unit: String) -> [EralinkError.Detail] {
        [.init("limit", .integer(Int64(limit))), .init("unit", unit), .init("actual", .integer(Int64(actual)))]
    }
}
