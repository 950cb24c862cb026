import Testing
import ZooKeeper

@Suite("Connect strings", .timeLimit(.minutes(2)))
struct ConfigurationTests {
    @Test(
        "hosts, ports and the chroot are read",
        arguments: [
            ("zk1", ["zk1:2181"], ""), ("zk1:2182", ["zk1:2182"], ""),
            ("zk1:2181,zk2:2181/eralink", ["zk1:2181", "zk2:2181"], "/eralink"),
            ("zk1, zk2/a/b/", ["zk1:2181", "zk2:2181"], "/a/b"), ("10.0.0.1:2181/", ["10.0.0.1:2181"], ""),
            ("[::1]:2181,[fe80::1]/x", ["[::1]:2181", "[fe80::1]:2181"], "/x"),
        ])
    func read(_ text: String, _ hosts: [String], _ chroot: String) throws {
        let configuration = try ZooKeeperConfiguration(connect: text)
        #expect(configuration.hosts == hosts)
        #expect(configuration.chroot == chroot)
    }

    @Test(
        "what is none is refused",
        arguments: [
            "", "/eralink", "zk1,,zk2", "zk1:", "zk1:0", "zk1:70000", "zk1:x", ":2181", "::1", "[::1", "[]", "a b",
            "zk1//x", "zk1:1:2",
        ])
    func refused(_ text: String) {
        #expect(throws: ZooKeeperError.self) { try ZooKeeperConfiguration(connect: text) }
    }

    @Test("credentials are not printed")
    func secret() throws {
        let configuration = try ZooKeeperConfiguration(connect: "zk1", auth: .init(digest: "anna:secret"))
        #expect(!"\(configuration)".contains("secret"))
        var dumped = ""
        dump(configuration, to: &dumped)
        #expect(!dumped.contains("secret"))
    }

    @Test("pauses grow up to the limit and are never all the same")
    func backoff() {
        var backoff = Backoff(first: .milliseconds(100), limit: .seconds(1))
        let pauses = (0..<50).map { _ in backoff.next() }
        #expect(pauses[0] <= .milliseconds(100) && pauses[0] >= .milliseconds(50))
        #expect(pauses.allSatisfy { $0 <= .seconds(1) })
        #expect(Set(pauses.suffix(20)).count > 10)
        backoff.reset()
        #expect(backoff.next() <= .milliseconds(100))
    }
}
