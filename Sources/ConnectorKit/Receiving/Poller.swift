import Coordination
import Domain
import Logging
import Store

/// Polls an account's messenger while it holds the lease. The position moves on in the transaction that stores the batch, so
/// what was not stored comes again (design.md, rule 2).
struct Poller: Sendable {
    let account: ConnectorAccount
    let connector: any MessengerConnector
    let store: Store
    let coordination: any Coordination
    let term: LeaseTerm
    let health: ConnectorHealth
    let metrics: ConnectorMetrics
    let logger: Logger

    /// Until the task is cancelled or the lease's term is over.
    func run() async {
        var failures = 0
        while await mayGoOn {
            do throws(ConnectorFailure) {
                let identity = try await connector.open()
                await report(nil)
                logger.info("polling", metadata: ["identity": "\(identity.name)"])
                failures = 0
                try await poll(&failures)
            } catch {
                failures += 1
                await tell(error)
                await rest(after: error, failures)
            }
        }
    }

    private var mayGoOn: Bool { get async { !Task.isCancelled && term.isValid } }

    private func poll(_ failures: inout Int) async throws(ConnectorFailure) {
        guard var position = await startPosition() else { return }
        while await mayGoOn {
            let began = ContinuousClock.now
            let batch: PollBatch
            do throws(ConnectorFailure) {
                batch = try await connector.poll(from: position)
            } catch {
                metrics.polled(account.name, "failed", took: ContinuousClock.now - began)
                throw error
            }
            metrics.polled(account.name, "ok", took: ContinuousClock.now - began)
            metrics.skipped(account.name, batch.skipped)
            failures = 0
            guard await storeBatch(batch) else { return }
            health.polled()
            if let next = batch.position { position = next }
        }
    }

    /// Nil: the task is over before the database said it. The inner nil: never polled.
    private func startPosition() async -> Int64?? {
        while await mayGoOn {
            do throws(EralinkError) {
                return .some(try await store.pollPosition(of: account.id))
            } catch {
                logger.warning("the poll position cannot be read", metadata: ["error": "\(error)"])
                try? await Task.sleep(for: .milliseconds(500))
            }
        }
        return nil
    }

    /// Stores a batch, however long the database is away; false where the lease is lost before.
    private func storeBatch(_ batch: PollBatch) async -> Bool {
        let items = batch.items.map(\.withPlainNames)
        while true {
            do throws(EralinkError) {
                let last = try await store.storePolled(items, position: batch.position, by: term.proof)
                if let last { coordination.ring(.inbox, position: last) }
                return true
            } catch {
                if error.code == .conflict {
                    term.finish()
                    return false
                }
                logger.warning(
                    "a batch cannot be stored yet", metadata: ["error": "\(error)", "count": "\(batch.items.count)"])
                guard await mayGoOn else { return false }
                try? await Task.sleep(for: .milliseconds(500))
            }
        }
    }

    private func tell(_ failure: ConnectorFailure) async {
        guard !Task.isCancelled else { return }
        logger.warning("the messenger cannot be polled", metadata: ["reason": "\(failure.message)"])
        health.failed(failure.message)
        if failure.kind == .refused || failure.kind == .conflict {
            await report(failure.message)
        }
    }

    private func report(_ problem: String?) async {
        guard let position = try? await store.setProblem(problem, of: account.id) else { return }
        coordination.ring(.events, position: position)
    }

    private func rest(after failure: ConnectorFailure, _ failures: Int) async {
        try? await Task.sleep(for: Self.rest(after: failure, failures, jitter: .random(in: 0...1)))
    }

    /// How long the messenger is left alone. What it asks for itself is kept to the second, up to an hour.
    /// - Parameter jitter: 0…1.
    static func rest(after failure: ConnectorFailure, _ failures: Int, jitter: Double) -> Duration {
        switch failure.kind {
        case .throttled(let wait): min(wait, .seconds(3600))
        case .conflict: .milliseconds(Int64(3000 + 2000 * jitter))
        case .refused: .seconds(30)
        case .unavailable: min(OutcomeRules.backoff(min(failures, 6), jitter), .seconds(60))
        }
    }
}
