import AgentClient
import JSON

/// An event, or a gap, as tail prints it: the JSON is the event's own, the line is for people.
struct TailRow: OutputRow {
    private let json: JSONValue
    private let event: AgentEvent?

    init(event: AgentEvent) {
        json = event.params
        self.event = event
    }

    init(gapFrom from: String, to: String) {
        json = .members(["type": .string("gap"), "from": .string(from), "to": .string(to)])
        event = nil
    }

    static let columns = [
        OutputColumn<Self>("at") { $0.event?.at ?? "" }, OutputColumn("type") { $0.type },
        OutputColumn("interaction") { $0.event?.interaction ?? "" }, OutputColumn("summary") { $0.summary },
        OutputColumn("cursor") { $0.event?.cursor ?? $0.json["to"]?.string ?? "" },
    ]

    func write(to writer: inout JSONWriter) { writer.value(json) }

    private var type: String { json["type"]?.string ?? "" }

    var line: String {
        guard let event else {
            return
                "--- gap: events from \(json["from"]?.string ?? "") to \(json["to"]?.string ?? "") are no longer held"
        }
        let time = event.at.split(separator: "T").last.map { $0.hasSuffix("Z") ? $0.dropLast() : $0 } ?? ""
        let chat = event.interaction.map { "#\($0) " } ?? ""
        return "\(time) \(chat)\(summary)"
    }

    private var summary: String {
        guard let data = event?.data else { return type }
        switch type {
        case "message.created": return data.messageSummary
        case "message.edited": return "edited \(data.messageSummary)"
        case "message.status":
            let reason = data["reason"]?["text"]?.string.map { ": \($0)" } ?? ""
            return "message \(data["message"]?.string ?? "") \(data["state"]?.string ?? "")\(reason)"
        case "callback.received": return "pressed \(data["data"]?.string ?? "")"
        case "account.updated":
            let reason = data["reason"]?.string.map { ": \($0)" } ?? ""
            return "account \(data["account"]?.string ?? "") \(data["state"]?.string ?? "")\(reason)"
        case "typing": return data["on"]?.bool == true ? "typing" : "typing no more"
        case "presence": return "\(data["agent"]?.string ?? "") is \(data["state"]?.string ?? "")"
        case "customer.updated": return "customer \(data["name"]?.string ?? data["external_id"]?.string ?? "")"
        case "draining": return "the chat server is shutting down"
        case _ where type.hasPrefix("interaction."): return "\(type) \(data.chatSummary)"
        default: return type
        }
    }
}

extension JSONValue {
    /// A message's direction, author and text.
    var messageSummary: String {
        let kind = self["kind"]?.string ?? ""
        let body = self[kind]
        let text = body?["text"]?.string ?? body?["caption"]?.string ?? body?["data"]?.string
        let shown = kind == "text" || kind == "system" ? text ?? "" : "[\(kind)]\(text.map { " \($0)" } ?? "")"
        switch self["direction"]?.string {
        case "in": return "← \(shown)"
        case "out": return "→ \(self["agent"]?.string ?? ""): \(shown)"
        default: return "· \(shown)"
        }
    }

    /// An interaction's account, state, agent and customer.
    var chatSummary: String {
        let customer = self["customer"]
        let who = customer?["name"]?.string ?? customer?["username"]?.string ?? customer?["external_id"]?.string
        return [self["account"]?.string, self["state"]?.string, self["agent"]?.string, who].compactMap(\.self)
            .joined(separator: " ")
    }
}
