import Coordination
import Domain
import ZooKeeper

extension CommandContext {
    /// What the ensemble of `zookeeper.connect` says of itself and of Eralink; nil where it is not set.
    ///
    /// Throws a usage error where the setting cannot be read. An ensemble that is away is no error: the report says so.
    func clusterReport() async throws -> ClusterReport? {
        guard settings.zookeeper.connect != nil else { return nil }
        return await ClusterReport.gather(try zooKeeperConfiguration(), logger: logger("zookeeper"))
    }
}
