import Coordination
import Domain
import Logging
import ServiceLifecycle
import Store
import Synchronization

/// Takes the inbox as long as there is something in it: woken by the bell, at the latest by the poll.
final class InboxLoop: Sendable {
    /// Rows of one transaction.
    static let batch = 500

    let core: ChatServerCore
    private let mark: Mutex<InboxMark>
    /// A whole batch was waiting: a second hand is worth it, which prepares the next one while this one is written.
    private let backlog: AsyncStream<Void>
    private let backlogSink: AsyncStream<Void>.Continuation

    init(core: ChatServerCore) {
        self.core = core
        mark = Mutex(InboxMark(lookAgain: core.settings.pollEvery))
        (backlog, backlogSink) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    func run() async {
        await withTaskGroup { group in
            group.addTask { await self.lendAHand() }
            for await _ in Wakes.merged(core.coordination.rings(.inbox), every: core.settings.pollEvery) {
                await drain()
                if Task.isCancelled { break }
            }
            group.cancelAll()
        }
    }

    /// Takes whole batches from other shards than the first hand, as long as there are any. What the database refuses is left
    /// to the first one.
    private func lendAHand() async {
        for await _ in backlog {
            do throws(EralinkError) {
                while let report = try await take(Self.batch), report.rows == Self.batch {}
            } catch {
                core.logger.debug("the inbox's second hand rests", metadata: ["error": "\(error)"])
            }
        }
    }

    /// Takes batch after batch. A batch that the database refuses is taken in smaller pieces, down to the one row that cannot
    /// be taken, which is set aside: it must hold up nothing (design.md, rule 6).
    private func drain() async {
        var limit = Self.batch
        while !Task.isCancelled {
            do throws(EralinkError) {
                return try await drain(&limit)
            } catch {
                core.logger.warning("the inbox cannot be taken", metadata: ["error": "\(error)", "rows": "\(limit)"])
                guard error.code == .internal else { return }
                if limit > 1 { limit = max(1, limit / 8) } else if await !setAside() { return }
            }
        }
    }

    private func setAside() async -> Bool {
        guard let row = try? await core.store.setAsideFirst() else { return false }
        core.logger.error("an inbox row was set aside", metadata: ["row": "\(row)"])
        core.metrics.setAside()
        return true
    }

    private func drain(_ limit: inout Int) async throws(EralinkError) {
        var goesOn = true
        while goesOn {
            guard let report = try await take(limit) else { return }
            if report.rows == Self.batch { backlogSink.yield() }
            // What came after this read rings by itself.
            goesOn = report.mayHaveLeft(atLimit: limit)
            limit = min(limit * 2, Self.batch)
        }
    }

    private func take(_ limit: Int) async throws(EralinkError) -> IngestReport? {
        let after = mark.withLock { $0.after(.now) }
        guard let report = try await core.store.ingest(limit: limit, after: after) else { return nil }
        mark.withLock { $0.took(report.last, .now) }
        core.metrics.count(report)
        if let last = report.events.last {
            await core.feed.own(report.events)
            core.coordination.ring(.events, position: last.position)
        }
        for (reason, count) in report.dropped {
            core.logger.warning(
                "inbox rows were given up", metadata: ["reason": "\(reason)", "count": "\(count)"])
        }
        return report
    }
}

/// Reasons to look again: somebody rang, or some time has passed.
enum Wakes {
    /// One element now, one for each ring and one every so often; what nobody has taken yet is not repeated.
    static func merged(_ rings: AsyncStream<Int64>, every interval: Duration) -> AsyncStream<Int64?> {
        AsyncStream(bufferingPolicy: .bufferingNewest(1)) { continuation in
            // Ended by the reader going away, below.
            let task = Task {
                await withTaskGroup { group in
                    group.addTask { for await position in rings { continuation.yield(position) } }
                    group.addTask {
                        while !Task.isCancelled {
                            continuation.yield(nil)
                            try? await Task.sleep(for: interval)
                        }
                    }
                    await group.waitForAll()
                }
            }
            continuation.onTermination = { _ in task.cancel() }
        }
    }
}
