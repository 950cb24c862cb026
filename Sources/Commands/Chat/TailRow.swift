import AgentClient
import JSON
import Terminal

/// An event, or a gap, as tail prints it: the JSON is the event's own, the line is for people.
struct TailRow: OutputRow {
    private let json: JSONValue
    private let event: AgentEvent?
    /// Who the customer of its chat is, where somebody has said so.
    private let customer: String?

    init(event: AgentEvent, customer: String? = nil) {
        json = event.params
        self.event = event
        self.customer = customer
    }

    init(gapFrom from: String, to: String) {
        json = .members(["type": .string("gap"), "from": .string(from), "to": .string(to)])
        event = nil
        customer = nil
    }

    static let columns = [
        OutputColumn<Self>("at") { $0.event?.at ?? "" }, OutputColumn("type") { $0.type },
        OutputColumn("interaction") { $0.event?.interaction ?? "" }, OutputColumn("event") { $0.summary.text },
        OutputColumn("cursor") { $0.event?.cursor ?? $0.json["to"]?.string ?? "" },
    ]

    func write(to writer: inout JSONWriter) { writer.value(json) }

    /// Columns of a name: what was written is to be seen in a window of 80.
    private static let nameRoom = 24

    private var type: String { json["type"]?.string ?? "" }

    var line: StyledLine {
        guard let event else { return summary }
        var line = StyledLine("\(Self.clock(event.at)) ", .grey)
        if let chat = event.interaction { line.append("#\(chat) ", .cyan) }
        // An interaction's own events name the customer themselves.
        if let customer, !event.type.hasPrefix("interaction.") {
            line.append("\(customer.cut(toColumns: Self.nameRoom)) ", .cyan)
        }
        line.append(summary)
        return line
    }

    /// The time of day of an RFC 3339 moment.
    static func clock(_ at: String) -> String {
        let time = at.split(separator: "T").last.map { $0.hasSuffix("Z") ? $0.dropLast() : $0 } ?? ""
        return time.isEmpty ? "--:--:--" : String(time)
    }

    private var summary: StyledLine {
        guard let event else {
            let (from, to) = (json["from"]?.string ?? "", json["to"]?.string ?? "")
            return StyledLine("--- gap: events from \(from) to \(to) are no longer held", .red)
        }
        return EventLine(event).line { id, _ in "message \(id)" }
    }
}
