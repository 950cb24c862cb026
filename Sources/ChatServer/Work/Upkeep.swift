import Domain
import Logging
import Store

/// Makes coming partitions and drops what retention has passed over. Every ChatServer tries; one does it.
struct Upkeep: Sendable {
    let core: ChatServerCore

    func run() async {
        while !Task.isCancelled {
            do throws(EralinkError) {
                let gone = try await core.store.maintain(eventRetention: core.settings.eventRetention)
                for (what, count) in gone where count > 0 {
                    core.logger.info("retention removed rows", metadata: ["what": "\(what)", "count": "\(count)"])
                }
                // Empty where another ChatServer does it.
                if !gone.isEmpty { try await applyAccountRetention() }
            } catch {
                core.logger.warning("the database's upkeep failed", metadata: ["error": "\(error)"])
            }
            try? await Task.sleep(for: .seconds(600))
        }
    }

    private func applyAccountRetention() async throws(EralinkError) {
        for count in try await core.store.applyRetention() where count.rows > 0 {
            core.logger.info(
                "retention removed rows",
                metadata: ["account": "\(count.account ?? "")", "what": "\(count.what)", "count": "\(count.rows)"])
        }
    }
}
