import AgentProtocol
import DequeModule

/// Requests of one session that change nothing another could overtake: a few run at once and the others wait, so that one who
/// asks for a thousand pages does not stand before everybody else at the database.
struct ReadingQueue {
    struct Job {
        var request: AgentRequest
        var id: RequestID
    }

    static let most = 8

    private var running = 0
    private var waiting: Deque<Job> = []

    /// Takes a request; returns it where it may start now.
    mutating func arrived(_ job: Job) -> Job? {
        guard running < Self.most else {
            waiting.append(job)
            return nil
        }
        running += 1
        return job
    }

    /// One has ended; returns the one that takes its place.
    mutating func ended() -> Job? {
        if let next = waiting.popFirst() { return next }
        running -= 1
        return nil
    }
}
