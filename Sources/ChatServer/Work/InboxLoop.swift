import Coordination
import Domain
import Logging
import ServiceLifecycle
import Store

/// Takes the inbox as long as there is something in it: woken by the bell, at the latest by the poll.
struct InboxLoop: Sendable {
    /// Rows of one transaction.
    static let batch = 500

    let core: ChatServerCore

    func run() async {
        for await _ in Wakes.merged(core.coordination.rings(.inbox), every: core.settings.pollEvery) {
            await drain()
            if Task.isCancelled { return }
        }
    }

    private func drain() async {
        do throws(EralinkError) {
            var goesOn = true
            while goesOn, let report = try await core.store.ingest(limit: Self.batch) {
                core.metrics.count(report)
                if let last = report.events.last {
                    await core.feed.own(report.events)
                    core.coordination.ring(.events, position: last.position)
                }
                // What came after this read rings by itself.
                goesOn = report.rows == Self.batch || report.awakened > 0
                for (reason, count) in report.dropped {
                    core.logger.warning(
                        "inbox rows were given up", metadata: ["reason": "\(reason)", "count": "\(count)"])
                }
            }
        } catch {
            core.logger.warning("the inbox cannot be taken", metadata: ["error": "\(error)"])
        }
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
