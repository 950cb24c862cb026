import Coordination
import Domain
import Logging
import ServiceLifecycle
import Store

/// Makes what one tenure of an account needs of its messenger; `close` ends its connections.
package struct ConnectorInstance: Sendable {
    package var connector: any MessengerConnector
    /// Starts per second into one chat, and how many at once after silence.
    package var burstPerChat: Int
    package var rate: Int
    package var ratePerChat: Int
    /// The longest that one attempt takes before the connector gives it up.
    package var sendTimeout: Duration
    package var close: @Sendable () async -> Void

    package init(
        connector: any MessengerConnector, rate: Int, ratePerChat: Int, burstPerChat: Int,
        sendTimeout: Duration = AttemptTiming.sendTimeout, close: @escaping @Sendable () async -> Void
    ) {
        self.connector = connector
        self.rate = rate
        self.ratePerChat = ratePerChat
        self.burstPerChat = burstPerChat
        self.sendTimeout = sendTimeout
        self.close = close
    }
}

/// One member of an account's connector pair: waits for the lease, and while it holds it polls and sends (design.md, rule 5).
package struct ConnectorService: Service {
    package struct Settings: Sendable {
        package var account: String
        /// This process, unique among all.
        package var member: String
        package var host: String
        /// The lease's term; renewed every third of it.
        package var term = Duration.seconds(10)
        /// Bytes of a file at most (`limits.upload_bytes`).
        package var fileLimit: Int64 = 200 << 20

        package init(account: String, member: String, host: String) {
            self.account = account
            self.member = member
            self.host = host
        }
    }

    let settings: Settings
    let store: Store
    let coordination: any Coordination
    let health: ConnectorHealth
    let metrics: ConnectorMetrics
    let logger: Logger
    /// The account as it is now, its secret opened. Throws where it is gone or cannot be opened.
    let load: @Sendable () async throws(EralinkError) -> ConnectorAccount
    let make: @Sendable (ConnectorAccount) throws(EralinkError) -> ConnectorInstance

    package init(
        _ settings: Settings, store: Store, coordination: any Coordination, health: ConnectorHealth,
        metrics: ConnectorMetrics, logger: Logger,
        load: @escaping @Sendable () async throws(EralinkError) -> ConnectorAccount,
        make: @escaping @Sendable (ConnectorAccount) throws(EralinkError) -> ConnectorInstance
    ) {
        self.settings = settings
        self.store = store
        self.coordination = coordination
        self.health = health
        self.metrics = metrics
        self.logger = logger
        self.load = load
        self.make = make
    }

    /// Until graceful shutdown or cancellation. What is in flight then is finished and recorded, after the lease was given back.
    package func run() async throws {
        let stop = Alarm()
        let stopping = Flag()
        await withTaskGroup { group in
            group.addTask {
                try? await gracefulShutdown()
                stopping.raise()
                stop.ring()
            }
            let line = ElectionWatch(coordination: coordination, settings: settings, alarm: stop)
            group.addTask { await line.run() }
            while !Task.isCancelled && !stopping.isRaised {
                if let tenure = await tryToHold(line, stop) {
                    health.become("active")
                    await tenure.serve(until: stopping, stop)
                    coordination.resign(account: settings.account, id: settings.member)
                    line.standAgain()
                }
                health.become("standby")
            }
            group.cancelAll()
        }
    }

    /// One try; nil: somebody else holds it, or the database is away. Waits until the next try is due.
    private func tryToHold(_ line: ElectionWatch, _ stop: Alarm) async -> Tenure? {
        do throws(EralinkError) {
            let account = try await load()
            let state = try await store.lease(of: account.id)
            guard state.enabled else {
                await stop.wait(until: .now + .seconds(1))
                return nil
            }
            guard state.remaining <= .zero || state.holder == settings.member else {
                // At its end, or when the one before us in line has gone; the poll is for ZooKeeper being away.
                await stop.wait(until: .now + min(state.remaining, .seconds(1)))
                return nil
            }
            // Who is not next in line leaves the first try to those before it.
            if !line.isFirst { await stop.wait(until: .now + .milliseconds(300)) }
            let sent = ContinuousClock.now
            let taken = try await store.holdLease(
                of: account.id, as: settings.member, host: settings.host, term: settings.term)
            guard taken.holder == settings.member, taken.enabled else { return nil }
            let proof = LeaseProof(account: account.id, epoch: taken.epoch)
            logger.notice("holding the lease", metadata: ["epoch": "\(taken.epoch)"])
            metrics.holds(account.name, epoch: taken.epoch)
            return Tenure(
                service: self, account: account, version: taken.accountVersion,
                term: LeaseTerm(proof: proof, until: sent + settings.term))
        } catch {
            logger.warning("the lease cannot be tried for", metadata: ["error": "\(error)"])
            await stop.wait(until: .now + .seconds(1))
            return nil
        }
    }
}
