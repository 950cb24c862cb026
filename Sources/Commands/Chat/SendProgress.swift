import AgentClient
import Domain
import JSON

/// How far a message has come, by the reply and by the events after it.
actor SendProgress {
    private(set) var row: SentRow?
    private var reason: String?

    /// The reply of the request: the message as it is now.
    func accepted(_ message: JSONValue) {
        guard let id = message["id"]?.string, let interaction = message["interaction"]?.string else { return }
        row = SentRow(message: id, interaction: interaction, state: message["state"]?.string ?? "accepted")
        reason = message["reason"]?["text"]?.string
    }

    func take(_ event: AgentEvent) {
        guard event.type == "message.status", let id = event.data["message"]?.string, id == row?.message,
            let state = event.data["state"]?.string
        else { return }
        row?.state = state
        reason = event.data["reason"]?["text"]?.string
    }

    /// How it ends, once it does.
    func outcome(_ goal: SendGoal) -> Sending.Outcome? {
        guard let row else { return nil }
        if goal.isReached(by: row.state) { return Sending.Outcome(row: row) }
        guard ["failed", "expired", "cancelled", "unknown"].contains(row.state) else { return nil }
        let sentence =
            row.state == "unknown"
            ? "nobody knows whether the messenger took message \(row.message); see \"eralink trace \(row.message)\""
            : "message \(row.message) is \(row.state): \(reason ?? "no reason was given"); see \"eralink trace \(row.message)\""
        return Sending.Outcome(
            row: row,
            failure: CommandFailure(
                .refused,
                EralinkError(
                    .providerError, sentence, retryable: false,
                    details: [.init("message", row.message), .init("state", row.state)])))
    }
}

/// What `send` prints.
struct SentRow: OutputRow {
    var message: String
    var interaction: String
    var state: String

    static let columns = [
        OutputColumn<Self>("message") { $0.message }, OutputColumn("interaction") { $0.interaction },
        OutputColumn("state") { $0.state },
    ]

    func write(to writer: inout JSONWriter) {
        writer.objectValue {
            $0.member("message", message)
            $0.member("interaction", interaction)
            $0.member("state", state)
        }
    }
}
