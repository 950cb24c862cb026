import Domain
import JSON

extension Interaction: JSONWritable {
    package func write(to writer: inout JSONWriter) { writer.objectValue { writeMembers(to: &$0) } }

    func writeMembers(to writer: inout JSONWriter) {
        writer.member("id", id)
        writer.member("account", account)
        writer.member("channel", channel)
        writer.member("provider", provider)
        writer.member("state", state)
        writer.member("agent", agent)
        writer.member("version", version)
        writer.object("customer") { customer.writeMembers(to: &$0) }
        writer.member("last_seq", lastSeq)
        writer.member("first_customer_at", firstCustomerAt)
        writer.member("last_customer_at", lastCustomerAt)
        writer.member("window_expires_at", windowExpiresAt)
        writer.member("created_at", createdAt)
        writer.member("closed_at", closedAt)
    }
}

extension Customer: JSONWritable {
    /// The customer by itself: what an interaction shows of them, with note and attributes.
    package func write(to writer: inout JSONWriter) {
        writer.objectValue {
            writeMembers(to: &$0)
            $0.member("note", note)
            $0.object("attributes") { for attribute in attributes { $0.member(attribute.name, attribute.value) } }
        }
    }

    /// What an interaction shows of its customer.
    func writeMembers(to writer: inout JSONWriter) {
        writer.member("id", id)
        writer.member("external_id", externalID)
        writer.member("name", name)
        writer.member("username", username)
        writer.member("phone", phone)
        writer.member("avatar", avatar?.description)
        writer.member("language", language)
        writer.member("blocked", blocked)
    }
}
