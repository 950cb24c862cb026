import ArgumentParser

struct ZooKeeperFamily: CommandFamily {
    static let configuration = CommandConfiguration(
        commandName: "zk", abstract: "Look at ZooKeeper and at what Eralink keeps there.",
        subcommands: [ZooKeeperStatus.self, ZooKeeperTree.self, ZooKeeperGet.self, WatchNodes.self])

    static let examples = [
        ZooKeeperStatus.examples[0], ZooKeeperTree.examples[0], WatchNodes.examples[1],
    ]
}
