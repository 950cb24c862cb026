import Coordination
import Domain
import Logging
import ServiceLifecycle
import Store

/// Takes the inbox as long as there is something in it: woken by the bell, at the latest by the poll.
struct InboxLoop: Sendable {
    /// Rows of one transaction.
    static let batch = 500

    let store: Store
    let feed: EventFeed
    let coordination: any Coordination
    let metrics: ChatMetrics
    let logger: Logger

    func run() async {
        for await _ in Wakes.merged(coordination.rings(.inbox), every: .seconds(1)) {
            await drain()
            if Task.isCancelled { return }
        }
    }

    private func drain() async {
        do throws(EralinkError) {
            var wasFull = true
            while wasFull, let report = try await store.ingest(limit: Self.batch) {
                metrics.count(report)
                if let last = report.events.last {
                    await feed.own(report.events)
                    coordination.ring(.events, position: last.position)
                }
                // What came after this read rings by itself.
                if report.rows < Self.batch { wasFull = false }
                for (reason, count) in report.dropped {
                    logger.warning(
                        "inbox rows were given up", metadata: ["reason": "\(reason)", "count": "\(count)"])
                }
            }
        } catch {
            logger.warning("the inbox cannot be taken", metadata: ["error": "\(error)"])
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
