import Coordination
import Domain
import ZooKeeper

extension CommandContext {
    /// What the ensemble of `zookeeper.connect` says of itself and of Eralink; nil where it is not set.
    ///
    /// Throws a usage error where the setting cannot be read. An ensemble that is away is no error: the report says so.
    func clusterReport() async throws -> ClusterReport? {
        guard let connect = settings.zookeeper.connect else { return nil }
        let configuration: ZooKeeperConfiguration
        do {
            configuration = try settings.zookeeper.configuration(connect)
        } catch let error as ZooKeeperError {
            throw CommandFailure.usage(
                "zookeeper.connect: \(error.message)", details: [.init("setting", "zookeeper.connect")])
        }
        return await ClusterReport.gather(configuration, logger: logger("zookeeper"))
    }
}
