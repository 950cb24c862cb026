/// What a pool knows and decides. Holds connections and waiters as values it never calls; effects are the pool's.
struct PoolState<Connection, Waiter> {
    struct Waiting {
        let id: UInt64
        let until: MonotonicTime
        let waiter: Waiter
    }

    /// What a caller who asks for a connection is told.
    enum Lease {
        case connection(Connection)
        /// Wait under this id; `connect` asks for a new connection, `watch` for somebody to end overdue waits.
        case wait(id: UInt64, connect: Bool, watch: Bool)
        case refused(PostgresError)
    }

    let limits: Limits
    struct Limits {
        var connections: Int
        var waiters: Int
        var wait: Duration
    }

    private(set) var idle: [Connection] = []
    private(set) var leased = 0
    private(set) var connecting = 0
    private(set) var waiting: [Waiting] = []
    private(set) var isClosed = false
    private(set) var lastFailure: PostgresError?
    private(set) var failures = 0
    private(set) var failedAt: MonotonicTime?
    /// Raised when the server turned out not to be the writable one: connections of an older generation are not used again.
    private(set) var generation = 0
    private var isWatched = false
    private var lastID: UInt64 = 0

    init(limits: Limits) { self.limits = limits }

    private var mayConnect: Bool {
        // While connecting fails, one attempt at a time is enough to find out that it works again.
        let wanted = failures > 0 ? min(waiting.count, 1) : waiting.count
        return connecting < wanted && idle.count + leased + connecting < limits.connections
    }

    mutating func lease(now: MonotonicTime, until deadline: MonotonicTime?, waiter: () -> Waiter) -> Lease {
        if isClosed { return .refused(PostgresError(.closed, "the pool of database connections is closed")) }
        if waiting.isEmpty, let connection = idle.popLast() {
            leased += 1
            return .connection(connection)
        }
        guard waiting.count < limits.waiters else {
            return .refused(
                PostgresError(.poolExhausted, "\(waiting.count) calls are waiting for the database already"))
        }
        lastID += 1
        let limit = now + limits.wait
        let until = deadline.map { min($0, limit) } ?? limit
        waiting.append(Waiting(id: lastID, until: until, waiter: waiter()))
        let watch = !isWatched
        isWatched = true
        let connect = mayConnect
        if connect { connecting += 1 }
        return .wait(id: lastID, connect: connect, watch: watch)
    }

    /// A connection is free: who gets it, if anybody.
    private mutating func hand(_ connection: Connection) -> (Waiter, Connection)? {
        if waiting.isEmpty {
            idle.append(connection)
            return nil
        }
        leased += 1
        return (waiting.removeFirst().waiter, connection)
    }

    enum Return {
        case handed(Waiter, Connection)
        case kept
        /// Close it; `connect` asks for another in its place.
        case dropped(connect: Bool)
    }

    mutating func release(_ connection: Connection, isUsable: Bool, generation: Int) -> Return {
        leased -= 1
        guard isUsable, !isClosed, generation == self.generation else {
            let connect = !isClosed && mayConnect
            if connect { connecting += 1 }
            return .dropped(connect: connect)
        }
        return hand(connection).map { .handed($0.0, $0.1) } ?? .kept
    }

    mutating func connected(_ connection: Connection, generation: Int) -> Return {
        connecting -= 1
        failures = 0
        failedAt = nil
        lastFailure = nil
        guard !isClosed, generation == self.generation else {
            let connect = !isClosed && mayConnect
            if connect { connecting += 1 }
            return .dropped(connect: connect)
        }
        return hand(connection).map { .handed($0.0, $0.1) } ?? .kept
    }

    /// A connect failed: who is told at once, and whether to try again.
    mutating func connectFailed(_ error: PostgresError, now: MonotonicTime) -> (told: [Waiter], retry: Bool) {
        connecting -= 1
        failures += 1
        failedAt = now
        lastFailure = error
        if error.isPermanentRefusal {
            defer { waiting.removeAll() }
            return (waiting.map(\.waiter), false)
        }
        let retry = !isClosed && mayConnect
        if retry { connecting += 1 }
        return ([], retry)
    }

    /// Whether another attempt should be made although nobody released anything: after a success, for those who still wait.
    mutating func nextConnect() -> Bool {
        guard !isClosed, mayConnect else { return false }
        connecting += 1
        return true
    }

    /// Connections to drop now; those in use are dropped when they come back.
    mutating func startGeneration() -> [Connection] {
        generation += 1
        defer { idle.removeAll() }
        return idle
    }

    mutating func cancel(_ id: UInt64) -> Waiter? {
        guard let index = waiting.firstIndex(where: { $0.id == id }) else { return nil }
        return waiting.remove(at: index).waiter
    }

    /// Waits that are over, why, and when to look again; nil when nobody waits.
    mutating func expire(now: MonotonicTime) -> (overdue: [Waiter], error: PostgresError, next: MonotonicTime?) {
        let overdue = waiting.filter { $0.until <= now }
        if !overdue.isEmpty { waiting.removeAll { $0.until <= now } }
        let next = waiting.map(\.until).min()
        isWatched = next != nil
        return (overdue.map(\.waiter), exhaustion, next)
    }

    private var exhaustion: PostgresError {
        if var error = lastFailure {
            error.message = "the database cannot be reached: \(error.message)"
            return error
        }
        if leased < limits.connections {
            return PostgresError(.connection, "no connection to the database could be opened in time")
        }
        return PostgresError(.poolExhausted, "all \(leased) connections to the database stayed busy")
    }

    /// Everything to end: idle connections and those who wait.
    mutating func close() -> (connections: [Connection], waiters: [Waiter]) {
        isClosed = true
        defer {
            idle.removeAll()
            waiting.removeAll()
        }
        return (idle, waiting.map(\.waiter))
    }
}
