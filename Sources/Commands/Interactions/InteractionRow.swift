import JSON
import Terminal

/// An interaction as the server gave it: its JSON is passed on unchanged.
struct InteractionRow: OutputRow {
    let json: JSONValue

    private func text(_ name: String) -> String { json[name]?.string ?? json[name]?.number?.text ?? "" }

    static let columns = [
        OutputColumn<Self>("id") { $0.text("id") }, OutputColumn("account") { $0.text("account") },
        OutputColumn("state", colour: { $0.text("state") == "waiting" ? .yellow : nil }) { $0.text("state") },
        OutputColumn("agent") { $0.text("agent") },
        OutputColumn("customer") { row in
            let customer = row.json["customer"]
            return customer?["name"]?.string ?? customer?["external_id"]?.string ?? ""
        },
        OutputColumn("messages", isNumber: true) { $0.text("last_seq") },
        OutputColumn("last_customer_at") { $0.text("last_customer_at") },
    ]

    func write(to writer: inout JSONWriter) { writer.value(json) }
}

/// A message as the server gave it.
struct MessageJSONRow: OutputRow {
    let json: JSONValue

    static let columns = [
        OutputColumn<Self>("id") { $0.json["id"]?.string ?? "" },
        OutputColumn("seq", isNumber: true) { $0.json["seq"]?.number?.text ?? "" },
        OutputColumn("at") { $0.json["at"]?.string ?? "" },
        OutputColumn("state", colour: { MessageLine.colour(ofState: $0.json["state"]?.string ?? "") }) {
            $0.json["state"]?.string ?? ""
        },
        OutputColumn("message", colour: { MessageLine.colour(ofDirection: MessageLine($0.json).direction) }) {
            MessageLine($0.json).line.text
        },
    ]

    func write(to writer: inout JSONWriter) { writer.value(json) }
}
