import AgentProtocol
import DequeModule
import Domain

/// Keeps the effects of one session's requests on one interaction in the order in which they arrived (agent-api.md,
/// "Connection"). Sends that follow on one another run together: the batcher takes them in order.
struct RequestOrder {
    /// What requests are put in order by.
    enum Place: Hashable {
        case interaction(InteractionID)
        case start(account: String)
        /// Names a message, whose interaction nobody knows yet: waits for everything before it, and holds up everything
        /// after it.
        case everywhere
    }

    struct Job {
        var request: AgentRequest
        var id: RequestID
        var place: Place
        var isSend: Bool
    }

    private struct Running {
        var count = 0
        var isSending = true
    }

    private var running: [Place: Running] = [:]
    private var waiting: Deque<Job> = []

    /// Takes a request; returns what may start now.
    mutating func arrived(_ job: Job) -> [Job] {
        waiting.append(job)
        return startable()
    }

    /// A request that was started has taken effect; returns what may start now.
    mutating func ended(_ job: Job) -> [Job] {
        if var left = running[job.place] {
            left.count -= 1
            running[job.place] = left.count == 0 ? nil : left
        }
        return startable()
    }

    private mutating func startable() -> [Job] {
        guard !waiting.isEmpty else { return [] }
        var started: [Job] = []
        var left: Deque<Job> = []
        var held: Set<Place> = []
        for job in waiting {
            let mayStart =
                switch job.place {
                case .everywhere: running.isEmpty && held.isEmpty
                default: !held.contains(.everywhere) && !held.contains(job.place) && mayJoin(job)
                }
            if mayStart {
                running[job.place, default: Running()].count += 1
                if !job.isSend { running[job.place]?.isSending = false }
                started.append(job)
            } else {
                held.insert(job.place)
                left.append(job)
            }
        }
        waiting = left
        return started
    }

    private func mayJoin(_ job: Job) -> Bool {
        if running[.everywhere] != nil { return false }
        guard let others = running[job.place] else { return true }
        return job.isSend && others.isSending
    }
}

extension AgentRequest {
    /// What the request is put in order by; nil: it changes nothing that another could overtake.
    var place: RequestOrder.Place? {
        switch self {
        case .interactionAccept(let accept): .interaction(accept.interaction)
        case .interactionRelease(let leave), .interactionClose(let leave): .interaction(leave.interaction)
        case .interactionTransfer(let transfer): .interaction(transfer.leave.interaction)
        case .messageSend(let send): .interaction(send.interaction)
        case .messageForward(let forward): .interaction(forward.toInteraction)
        case .customerAskPhone(let ask): .interaction(ask.interaction)
        case .readMark(let mark): .interaction(mark.interaction)
        case .interactionStart(let start): .start(account: start.account)
        case .messageCancel, .messageRetry, .messageDelete, .messageEdit: .everywhere
        default: nil
        }
    }

    var isSend: Bool { if case .messageSend = self { true } else { false } }
}
