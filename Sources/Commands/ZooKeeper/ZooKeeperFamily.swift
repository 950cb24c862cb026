import ArgumentParser

struct ZooKeeperFamily: CommandFamily {
    static let configuration = CommandConfiguration(
        commandName: "zk", abstract: "Look at ZooKeeper and at what Eralink keeps there.",
        subcommands: [ZooKeeperStatus.self])

    static let examples = ZooKeeperStatus.examples
}
