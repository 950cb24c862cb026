import Coordination
import Domain
import JSON
import Sandbox
import Store
import TestSupport
import Testing
import ZooKeeper

@testable import Commands

@Suite("proxy nginx", .timeLimit(.minutes(5)))
struct ProxyTests {
    private static func component(_ role: String, _ port: Int, _ account: String? = nil, host: String = "10.0.0.1")
        -> Component
    {
        Component(
            role: role, id: "\(port)", host: host, port: port, version: "x", started: .now, account: account)
    }

    @Test("everybody who is registered is in, by role and account, and those that an admin names beside them, once")
    func routes() throws {
        let routes = ProxyRoutes(
            accounts: ["support", "shop"],
            components: [
                Self.component("chat", 8082), Self.component("chat", 8080), Self.component("loader", 8081),
                Self.component("all", 9000), Self.component("bot", 1), Self.component("connector", 8091, "support"),
                Self.component("connector", 8090, "support"), Self.component("connector", 8092, "gone"),
            ],
            fixed: .init(
                connectors: [
                    .init(account: "shop", address: try ListenAddress(parsing: "[fd00::1]:8090")),
                    .init(account: "support", address: try ListenAddress(parsing: "10.0.0.1:8090")),
                ]))
        func texts(_ addresses: [ListenAddress]) -> [String] { addresses.map(\.description) }
        #expect(routes.accounts.map(\.name) == ["shop", "support"])
        #expect(texts(routes.accounts[0].connectors) == ["[fd00::1]:8090"])
        #expect(texts(routes.accounts[1].connectors) == ["10.0.0.1:8090", "10.0.0.1:8091"])
        #expect(texts(routes.chats) == ["10.0.0.1:8080", "10.0.0.1:8082", "10.0.0.1:9000"])
        #expect(texts(routes.loaders) == ["10.0.0.1:8081", "10.0.0.1:9000"])
        #expect(
            routes.warnings == [
                "account shop has one connector only: start it, or name it with --connector, and print again"
            ])
    }

    @Test("who is missing is told, and who listens everywhere is looked for on this host")
    func warnings() {
        let routes = ProxyRoutes(
            accounts: ["support"], components: [Self.component("connector", 8090, "support", host: "0.0.0.0")],
            fixed: .init(connectors: [.init(account: "suport", address: ListenAddress(host: "h", port: 1))]))
        #expect(routes.accounts[0].connectors == [ListenAddress(host: "127.0.0.1", port: 8090)])
        #expect(routes.warnings.count == 5)
        #expect(routes.warnings[0] == "there is no account suport")
        #expect(routes.warnings.contains { $0.hasPrefix("no ChatServer is registered") })
        #expect(routes.warnings.contains { $0.contains("listens at 0.0.0.0") })
    }

    @Test(
        "what stands in a configuration is an address",
        arguments: [
            ("127.0.0.1:8090", true), ("host-1.example.com:1", true), ("[::1]:8090", true), ("::1:8090", false),
            ("host", false), ("host:", false), (":80", false), ("host:0", false), ("host:65536", false),
            ("host; deny all:80", false), ("h{}:80", false), ("[::1:80", false), ("host:80x", false),
        ])
    func addresses(_ text: String, _ isGood: Bool) {
        let address = try? ListenAddress(parsing: text)
        #expect((address != nil) == isGood)
        if isGood { #expect(address?.description == text) }
    }

    /// A whole configuration with everything in it that there can be.
    private static func configuration(_ change: (inout NginxConfiguration) -> Void = { _ in }) -> NginxConfiguration {
        var configuration = NginxConfiguration(
            routes: ProxyRoutes(
                accounts: ["support", "Support", "a.b-c_d", "empty"],
                components: [
                    component("chat", 8080), component("loader", 8081), component("connector", 8090, "support"),
                    component("connector", 8091, "support"), component("connector", 8092, "Support"),
                    component("connector", 8093, "a.b-c_d", host: "::"),
                ]))
        change(&configuration)
        return configuration
    }

    @Test("nginx accepts it: with pairs, single members, nobody, capitals, IPv6, as a whole, as a part, with TLS")
    func accepted() async throws {
        try await ScratchDirectory.with { scratch in
            let log = "\(scratch.path)/access.log"
            let (certificate, key) = ("\(scratch.path)/cert file.pem", "\(scratch.path)/key.pem")
            let made = try await ForeignTool.run(
                [
                    "openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=localhost", "-keyout",
                    key,
                    "-out", certificate,
                ], in: scratch)
            #expect(made.status == 0, "\(made.output)")
            let whole = Self.configuration { $0.options.accessLog = log }
            let none = NginxConfiguration(routes: ProxyRoutes(accounts: [], components: []), options: whole.options)
            let secure = Self.configuration {
                $0.options.accessLog = "off"
                $0.options.listen = "127.0.0.1:8443"
                $0.options.certificate = certificate
                $0.options.certificateKey = key
                $0.options.serverName = "chat.example.com"
            }
            let part = Self.configuration {
                $0.options.accessLog = log
                $0.options.isIncluded = true
            }
            let included = try scratch.file("part.conf", part.text)
            let texts = [
                "whole": whole.text, "nobody": none.text, "secure": secure.text,
                "included": "events { }\nhttp { include \"\(included)\"; }\n",
            ]
            for (name, text) in texts {
                let file = try scratch.file("\(name).conf", text)
                let result = try await ForeignTool.run(
                    [
                        "nginx", "-t", "-e", "\(scratch.path)/error.log", "-p", scratch.path, "-c", file, "-g",
                        "pid \(scratch.path)/pid;",
                    ],
                    in: scratch, environment: ["PATH": "/usr/sbin:/usr/bin:/bin"])
                #expect(result.status == 0, "\(name): \(result.output)")
            }
        }
    }

    @Test("printed by the command: from database and ZooKeeper, for people and for programs")
    func printed() async throws {
        let connect = try await TestZooKeeper.connect()
        try await Desk.with { desk in
            var desk = desk
            desk.environment["ERALINK_ZOOKEEPER_CONNECT"] = connect
            let coordination = ZooKeeperCoordination(try ZooKeeperConfiguration(connect: connect), logger: .silent)
            coordination.announce(Self.component("connector", 1001, "support"))
            coordination.announce(Self.component("connector", 1002, "support"))
            coordination.announce(Self.component("chat", 1003))
            let running = Task { await coordination.run() }
            defer { running.cancel() }
            let wanted = ["10.0.0.1:1001", "10.0.0.1:1002"].map(JSONValue.string)
            let start = ContinuousClock.now
            var rows = try await desk.json("proxy nginx -q")
            while rows[0]?["servers"]?.array != wanted || rows[2]?["servers"]?.array?.count != 1,
                ContinuousClock.now - start < .seconds(60)
            {
                rows = try await desk.json("proxy nginx -q")
            }
            #expect(
                rows.array?.compactMap { $0["path"]?.string } == [
                    "/files/support/", "/webhooks/support/", "/v1/agent", "/v1/",
                ])
            #expect(rows[0]?["servers"]?.array == wanted && rows[1]?["servers"]?.array == wanted)
            let text = try await desk.run("proxy nginx --listen 127.0.0.1:8088 --loader 10.0.0.9:8081")
            #expect(text.status == 0 && text.stderr == "")
            for line in [
                "listen 127.0.0.1:8088;", "server 10.0.0.1:1002 max_fails=0;", "server 10.0.0.9:8081 max_fails=0;",
            ] {
                #expect(text.stdout.contains(line), "\(line)")
            }
        }
    }

    @Test("an ensemble that is away is no reason to print a configuration without anybody; one with names is printed")
    func away() async throws {
        try await Desk.with { desk in
            var desk = desk
            desk.environment["ERALINK_ZOOKEEPER_CONNECT"] = "127.0.0.1:9/eralink"
            let refused = try await desk.run("proxy nginx")
            #expect(
                refused.status == 6 && refused.stdout.isEmpty && refused.stderr.contains("zookeeper does not answer"))
            let named = try await desk.run("proxy nginx --connector support=127.0.0.1:8090")
            #expect(named.status == 0 && named.stdout.contains("server 127.0.0.1:8090 max_fails=0;"))
            #expect(named.stderr.contains("account support has one connector only"))
        }
    }

    @Test(
        "what cannot stand in a configuration is a usage error",
        arguments: [
            "--listen 80;", "--server-name a{b", "--certificate x.pem", "--connector support", "--connector support=x",
            "--chat 1:2:3", "--loader host:0", "--access-log $x",
        ])
    func usage(_ options: String) async throws {
        let result = try await BuiltCommand.run(
            ["proxy", "nginx"] + options.split(separator: " ").map(String.init),
            environment: ["ERALINK_DATABASE_URL": "postgresql://127.0.0.1:9/x"])
        #expect(result.status == 2 && result.stderr.hasPrefix("eralink: "))
    }
}
