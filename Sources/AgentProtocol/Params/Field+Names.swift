import Domain
import JSON

/// Strings that name something: an empty or over-long one is no name (`invalid_params`), one of another shape names nothing
/// (`not_found`).
extension Field {
    func id<ID: NamedID>(_ type: ID.Type = ID.self) throws -> ID {
        let text = try token(bytes: AgentLimits.idBytes)
        if let id = ID(text: text) { return id }
        unknown.note(ID.noun, text)
        // Never seen by anyone: `ParamsReader.finish` throws.
        return ID(0)
    }

    func account() throws -> String { try name("account") }

    func agent() throws -> String { try name("agent") }

    private func name(_ noun: String) throws -> String {
        let text = try token(bytes: AgentLimits.idBytes)
        if !Name.isValid(text) { unknown.note(noun, text) }
        return text
    }

    func msgID() throws -> String {
        let text = try token(bytes: AgentLimits.msgIDBytes)
        let allowed = text.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
            // Digits and the colon, which follows them.
            case UInt8(ascii: "0")...UInt8(ascii: ":"): true
            case UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"): true
            default: false
            }
        }
        guard allowed else { throw error("must be 1 to 64 of A-Z a-z 0-9 . _ : -") }
        return text
    }
}

/// An id of the database with the word that people have for what it names.
protocol NamedID: DatabaseID {
    static var noun: String { get }
}

extension AccountID: NamedID { static var noun: String { "account" } }
extension CustomerID: NamedID { static var noun: String { "customer" } }
extension FileID: NamedID { static var noun: String { "file" } }
extension InteractionID: NamedID { static var noun: String { "interaction" } }
extension MessageID: NamedID { static var noun: String { "message" } }
