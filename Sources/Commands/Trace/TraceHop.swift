import AgentProtocol
import Domain
import JSON
import Store
import Terminal

/// One step of a message's way.
struct TraceHop: OutputRow {
    var at: Timestamp
    /// `provider`, `inbox`, `history`, `queued`, `attempt`, an action (`edit`, `delete`, `answer`, `read`) or an event's type.
    var hop: String
    var part: Int?
    var attempt: Int?
    var epoch: Int64?
    var holder: String?
    /// How long an attempt took, milliseconds.
    var milliseconds: Int64?
    var outcome: String?
    var detail: String?
    var request: String?
    var response: String?
    /// The place of an event in the log.
    var position: Int64?

    init(_ hop: String, at: Timestamp) {
        self.hop = hop
        self.at = at
    }

    /// The steps in the order of their times.
    static func hops(of trace: MessageTrace) -> [TraceHop] {
        let message = trace.message
        var hops: [TraceHop] = []
        if message.direction == .incoming, let at = message.providerAt { hops.append(TraceHop("provider", at: at)) }
        if let at = trace.receivedAt { hops.append(TraceHop("inbox", at: at)) }
        hops.append(TraceHop("history", at: message.at))
        hops += trace.queued.map(TraceHop.init) + trace.attempts.map(TraceHop.init) + trace.events.map(TraceHop.init)
        // Ties keep the order above: the sort is stable.
        return hops.sorted { $0.at < $1.at }
    }

    private init(_ queued: MessageTrace.Queued) {
        self.init("queued", at: queued.createdAt)
        part = queued.part
        attempt = queued.attempts
        outcome = queued.state.rawValue
        let waits = queued.notBefore.map { "not before \($0)" }
        let ends = queued.deadline.map { "until \($0)" }
        let bounds = [waits, ends].compactMap(\.self)
        detail = bounds.isEmpty ? nil : bounds.joined(separator: ", ")
    }

    private init(_ attempt: MessageTrace.Attempt) {
        self.init(attempt.action ?? "attempt", at: attempt.startedAt)
        part = attempt.part
        self.attempt = attempt.number
        epoch = attempt.epoch
        holder = attempt.holder
        milliseconds = attempt.finishedAt.milliseconds - attempt.startedAt.milliseconds
        outcome = attempt.outcome
        detail = attempt.detail
        request = attempt.request
        response = attempt.response
    }

    private init(_ event: EventRecord) {
        self.init(event.type.rawValue, at: event.at)
        position = event.position
        outcome = (try? JSONValue(parsing: event.data))?["state"]?.string
        let told = [event.agent, event.sender].compactMap(\.self)
        detail = told.isEmpty ? nil : "to \(Set(told).sorted().joined(separator: ", "))"
    }

    static let columns = [
        OutputColumn<Self>("at") { $0.at.description }, OutputColumn("hop") { $0.hop },
        OutputColumn("part", isNumber: true) { $0.part.map { "\($0)" } ?? "" },
        OutputColumn("attempt", isNumber: true) { $0.attempt.map { "\($0)" } ?? "" },
        OutputColumn("ms", isNumber: true) { $0.milliseconds.map { "\($0)" } ?? "" },
        OutputColumn("outcome") { $0.outcome ?? "" }, OutputColumn("detail") { $0.detail ?? "" },
        OutputColumn("holder") { $0.holder ?? "" },
    ]

    func write(to writer: inout JSONWriter) {
        writer.objectValue {
            $0.member("at", at.description)
            $0.member("hop", hop)
            $0.optional("part", part)
            $0.optional("attempt", attempt)
            $0.optional("epoch", epoch)
            $0.optional("holder", holder)
            $0.optional("duration_ms", milliseconds)
            $0.optional("outcome", outcome)
            $0.optional("detail", detail)
            $0.optional("request", request)
            $0.optional("response", response)
            $0.optional("position", position)
        }
    }
}
