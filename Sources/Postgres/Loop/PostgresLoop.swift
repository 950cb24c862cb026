import LoopExecutor

/// The one thread on which every call into libpq's connections happens, for all connections of the process.
package final class PostgresLoop: Sendable {
    /// Lives as long as the process.
    package static let shared = PostgresLoop()

    let poller: Poller
    let executor: LoopExecutor

    private init() {
        poller = Poller()
        executor = LoopExecutor(name: "postgres", waiter: poller)
    }
}
