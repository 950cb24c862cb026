import Domain
import JSON

/// `interaction.accept`
package struct InteractionAccept: Sendable, Equatable {
    package var interaction: InteractionID
    package var version: Int64

    init(_ params: inout ParamsReader) throws {
        interaction = try params.required("interaction") { try $0.id() }
        version = try params.required("version") { try $0.count() }
    }
}

/// `interaction.release` and `interaction.close`
package struct InteractionLeave: Sendable, Equatable {
    package var interaction: InteractionID
    package var version: Int64
    package var reason: String?
    /// Becomes a system message.
    package var note: String?

    init(_ params: inout ParamsReader) throws {
        interaction = try params.required("interaction") { try $0.id() }
        version = try params.required("version") { try $0.count() }
        reason = try params.optional("reason") { try $0.string(bytes: AgentLimits.shortTextBytes) }
        note = try params.optional("note") { try $0.text(bytes: AgentLimits.noteBytes) }
    }
}

/// `interaction.transfer`
package struct InteractionTransfer: Sendable, Equatable {
    package var leave: InteractionLeave
    /// The agent who takes over.
    package var to: String

    init(_ params: inout ParamsReader) throws {
        leave = try InteractionLeave(&params)
        to = try params.required("to") { try $0.agent() }
    }
}

/// `interaction.start`
package struct InteractionStart: Sendable, Equatable {
    package enum Address: Sendable, Equatable {
        case externalID(String)
        /// E.164 with `+`.
        case phone(String)
    }

    package var account: String
    package var to: Address
    package var msgID: String?
    package var body: OutgoingBody?
    /// Whether the chat becomes the caller's.
    package var take: Bool

    init(_ params: inout ParamsReader) throws {
        account = try params.required("account") { try $0.account() }
        to = try params.required("to") { try $0.object { try Address(&$0) } }
        msgID = try params.optional("msg_id") { try $0.msgID() }
        body = try params.optional("content") { try $0.object { try OutgoingBody(&$0) } }
        take = try params.optional("take") { try $0.bool() } ?? true
        if body != nil, msgID == nil { throw params.error("msg_id", "is missing and must come with content") }
    }
}

extension InteractionStart.Address {
    fileprivate init(_ params: inout ParamsReader) throws {
        let external = try params.optional("external_id") { try $0.token(bytes: AgentLimits.externalIDBytes) }
        let phone = try params.optional("phone") { try $0.phone() }
        switch (external, phone) {
        case (let external?, nil): self = .externalID(external)
        case (nil, let phone?): self = .phone(phone)
        case (nil, nil): throw params.error("external_id", "or phone is missing")
        case (_?, _?): throw params.error("phone", "cannot stand beside external_id")
        }
    }
}
