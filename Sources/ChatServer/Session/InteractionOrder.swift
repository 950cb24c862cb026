import AgentProtocol
import Domain

/// Keeps the effects of one session's requests on one interaction in the order in which they arrived. Sends that follow on one
/// another need not wait: they reach the batcher in order.
struct InteractionOrder {
    /// What requests are put in order by.
    enum Key: Hashable {
        case interaction(InteractionID)
        case start(account: String)
    }

    struct Ticket {
        var key: Key
        var number: Int
        /// What must have ended before.
        var after: [Task<Void, Never>]
    }

    private struct Entry {
        var number: Int
        var isSend: Bool
        var task: Task<Void, Never>
    }

    private var running: [Key: [Entry]] = [:]
    private var next = 0

    /// What a request on `key` must wait for; `all`: for everything that is running.
    mutating func ticket(_ key: Key, isSend: Bool) -> Ticket {
        next += 1
        let before = (running[key] ?? []).filter { !(isSend && $0.isSend) }.map(\.task)
        return Ticket(key: key, number: next, after: before)
    }

    var everything: [Task<Void, Never>] { running.values.flatMap { $0.map(\.task) } }

    mutating func began(_ ticket: Ticket, isSend: Bool, _ task: Task<Void, Never>) {
        running[ticket.key, default: []].append(Entry(number: ticket.number, isSend: isSend, task: task))
    }

    mutating func ended(_ ticket: Ticket) {
        running[ticket.key]?.removeAll { $0.number == ticket.number }
        if running[ticket.key]?.isEmpty == true { running[ticket.key] = nil }
    }
}
