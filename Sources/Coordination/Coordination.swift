/// How the processes of Eralink find and wake one another, beside the database that holds the truth.
///
/// Everything here is a hint. No call throws, waits, or fails because ZooKeeper is away: users poll the database anyway and
/// `status` says how it stands. What was announced, served or stood for is made again when ZooKeeper is back.
package protocol Coordination: Sendable {
    /// Lives until its task is cancelled; without it nothing is told and nothing heard.
    func run() async

    // MARK: bells

    /// Tells the listeners of all processes that there is something up to this position. Rings that pile up become one, at
    /// most one write a bell is under way, and the greatest position wins; kept for later while ZooKeeper is away.
    func ring(_ bell: Bell, position: Int64)

    /// One element at once after subscribing and after each connection, then one for every change seen. A reader that is
    /// slow gets the newest only. Zero where the bell was never rung.
    ///
    /// The position is told for `Bell.events`; an element of another bell says that it was rung, and is not waited for longer
    /// than that.
    func rings(_ bell: Bell) -> AsyncStream<Int64>

    /// For `eralink_signals_total`.
    var signalCounts: [SignalCount] { get }

    // MARK: who is there

    func announce(_ component: Component)
    func withdraw(_ component: Component)

    // MARK: leases

    /// Stands in line for an account. True while this member is the first: then it should try for the database's lease row.
    /// False at once where the session is in doubt. The first element comes at once; ends with `resign`, or by itself
    /// resigns when its reader goes.
    func candidacy(account: String, id: String) -> AsyncStream<Bool>

    /// Leaves the line; the next one is woken.
    func resign(account: String, id: String)

    // MARK: who serves whom: informative, dropped and counted where there is too much of it

    func serving(interaction: Int64, agent: String, node: String)
    func notServing(interaction: Int64)
    func agentOnline(_ name: String, session: String)
    func agentOffline(_ name: String, session: String)

    /// Informative registrations that were dropped since the start.
    var droppedRegistrations: Int64 { get }

    // MARK: how it stands

    var status: CoordinationStatus { get }

    /// The present status at once, then each change.
    func statuses() -> AsyncStream<CoordinationStatus>
}
