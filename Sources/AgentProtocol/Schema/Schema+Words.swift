import Domain

/// The strings of the contract: ids, names, times, addresses.
extension Schema {
    static func id(_ what: String) -> Schema {
        string("The id of \(what). Opaque.", length: 1...AgentLimits.idBytes)
    }

    static let account = string("The name of an account.", length: 1...AgentLimits.idBytes)

    static func agent(_ text: String) -> Schema { string(text, length: 1...AgentLimits.idBytes) }

    static func externalID(_ text: String) -> Schema { string(text, length: 1...AgentLimits.externalIDBytes) }

    static func time(_ text: String? = nil) -> Schema { string(text, format: "date-time") }

    /// A text for people: not blank.
    static func words(_ text: String, _ limit: Int = Int.max) -> Schema {
        string(text, length: 1...limit, pattern: #"\S"#)
    }

    static let msgID = string(
        "The idempotency key that the client chose. Scope: the agent. A UUIDv7 does well.",
        length: 1...AgentLimits.msgIDBytes, pattern: "^[A-Za-z0-9._:-]+$")

    static func phone(_ text: String = "E.164 with +.") -> Schema {
        string(text, pattern: #"^\+[1-9][0-9]{6,14}$"#)
    }

    static func link(_ text: String) -> Schema {
        string(
            text, length: 1...4096,
            pattern: #"^([Hh][Tt][Tt][Pp][Ss]?://[^/?#:\s]|[Tt][Ee][Ll]:\S|[Mm][Aa][Ii][Ll][Tt][Oo]:\S)\S*$"#)
    }

    private static let position = "[0-9a-z]{1,32}-(0|[1-9][0-9]*)"

    static func cursor(_ text: String = "A committed position of the event log.") -> Schema {
        string(text, length: 1...128, pattern: "^\(position)$")
    }

    static func start(_ text: String) -> Schema {
        string(text, length: 1...128, pattern: "^(last|at:[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ].+|\(position))$")
    }

    static let page = string("`next` of the page before.", length: 1...256, pattern: "^[A-Za-z0-9_-]+$")

    static let limit = integer(
        1...Int64(AgentLimits.pageMax), "Items of a page; \(AgentLimits.pageDefault) where it is absent.")
}
