import Coordination
import Domain
import Store

extension CommandContext {
    /// The ensemble's report with the database's say in it, where `database.url` is set; nil where `zookeeper.connect` is not.
    ///
    /// Neither of the two being away is an error: the report says so.
    func comparedClusterReport() async throws -> ClusterReport? {
        async let asked = accountStatuses()
        guard var report = try await clusterReport() else { return nil }
        guard let accounts = await asked else { return report }
        do throws(EralinkError) {
            report.compare(with: try accounts.get().map(ClusterReport.LeaseRow.init))
            if report.quorum { report.compare(with: try await lags(of: report.signals)) }
        } catch {
            report.findings.append(
                .init(
                    level: .warning, text: "\(ClusterReport.notCompared): \(error.message)",
                    remedy: "look at \"eralink doctor\""))
        }
        return report
    }

    /// Nil where no database is set.
    private func accountStatuses() async -> Result<[AccountStatus], EralinkError>? {
        guard settings.database.url != nil else { return nil }
        return await fromStore { try await $0.accountStatuses() }
    }

    private func lags(of signals: [ClusterReport.Signal]) async throws(EralinkError) -> [String: ClusterReport.Lag] {
        func position(_ name: String) -> Int64? { signals.first { $0.name == name }?.position }
        let (inbox, events) = (position("inbox"), position("events"))
        let backlog = try await fromStore {
            try await $0.backlog(afterInbox: inbox ?? 0, afterEvent: events ?? 0)
        }.get()
        return ["inbox": ClusterReport.Lag(backlog.inbox), "events": ClusterReport.Lag(backlog.events)]
    }

    /// What the database says, with its silence as a value.
    func fromStore<Value: Sendable>(
        _ body: @Sendable (Store) async throws -> Value
    ) async -> Result<Value, EralinkError> {
        do {
            return .success(try await withStore(body))
        } catch let error as EralinkError {
            return .failure(error)
        } catch let failure as CommandFailure {
            return .failure(failure.error ?? EralinkError(.internal, "the database was not asked"))
        } catch {
            return .failure(EralinkError(.internal, "\(error)"))
        }
    }
}

extension ClusterReport {
    static let notCompared = "leases and signals are not compared"
}

extension ClusterReport.LeaseRow {
    fileprivate init(_ status: AccountStatus) {
        self.init(
            account: status.name, kind: status.kind.rawValue, enabled: status.enabled,
            holder: status.leaseIsValid ? status.holder : nil, host: status.host, epoch: status.epoch)
    }
}

extension ClusterReport.Lag {
    fileprivate init(_ backlog: Backlog) {
        self.init(
            count: backlog.rows, age: Int64(backlog.age / .milliseconds(1)), isAhead: backlog.isAhead)
    }
}
