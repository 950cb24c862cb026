import Domain
import JSON

/// `customer.ask_phone`
package struct CustomerAskPhone: Sendable, Equatable {
    package var interaction: InteractionID
    package var msgID: String
    package var text: String?

    init(_ params: inout ParamsReader) throws {
        interaction = try params.required("interaction") { try $0.id() }
        msgID = try params.required("msg_id") { try $0.msgID() }
        text = try params.optional("text") { try $0.text() }
    }
}

/// `customer.update`: what is nil stays as it is.
package struct CustomerUpdate: Sendable, Equatable {
    package var customer: CustomerID
    package var name: String?
    /// An empty note takes the note away.
    package var note: String?
    /// All of them from now on.
    package var attributes: [Customer.Attribute]?

    init(_ params: inout ParamsReader) throws {
        customer = try params.required("customer") { try $0.id() }
        name = try params.optional("name") { try $0.text(bytes: AgentLimits.shortTextBytes) }
        note = try params.optional("note") { try $0.string(bytes: AgentLimits.noteBytes) }
        attributes = try params.optional("attributes") { try $0.attributes() }
    }
}

/// `callback.answer`
package struct CallbackAnswer: Sendable, Equatable {
    /// The messenger's id of the press.
    package var callback: String
    package var text: String?
    package var alert: Bool

    init(_ params: inout ParamsReader) throws {
        callback = try params.required("callback") { try $0.token(bytes: AgentLimits.externalIDBytes) }
        text = try params.optional("text") { try $0.shortText(scalars: AgentLimits.callbackText) }
        alert = try params.optional("alert") { try $0.bool() } ?? false
    }
}

/// `capabilities.get`
package struct CapabilitiesGet: Sendable, Equatable {
    /// Nil: every account that the agent is granted.
    package var account: String?

    package init(account: String? = nil) { self.account = account }

    init(_ params: inout ParamsReader) throws {
        account = try params.optional("account") { try $0.account() }
    }
}

/// `file.link`
package struct FileLink: Sendable, Equatable {
    package var file: FileID
    package var seconds: Int?

    init(_ params: inout ParamsReader) throws {
        file = try params.required("file") { try $0.id() }
        seconds = try params.optional("ttl_s") { try $0.integer(in: AgentLimits.linkSeconds) }
    }
}

extension Field {
    fileprivate func shortText(scalars limit: Int) throws -> String {
        let found = try text()
        guard found.unicodeScalars.count <= limit else { throw error("is longer than \(limit) characters") }
        return found
    }

    fileprivate func attributes() throws -> [Customer.Attribute] {
        let members = try members()
        guard members.count <= AgentLimits.attributeCount else {
            throw error("has more than \(AgentLimits.attributeCount) keys")
        }
        var found: [Customer.Attribute] = []
        var bytes = 0
        for member in members {
            let field = Field(value: member.value, name: member.name, parent: path, unknown: unknown)
            guard !member.name.isEmpty else { throw error("has an empty key") }
            let value = try field.string()
            bytes += member.name.utf8.count + value.utf8.count
            found.append(Customer.Attribute(name: member.name, value: value))
        }
        guard bytes <= AgentLimits.attributeBytes else {
            throw error("is larger than \(AgentLimits.attributeBytes) bytes")
        }
        return found
    }
}
