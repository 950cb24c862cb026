import Domain
import Logging
import Testing

@testable import Commands

@Suite("Settings in layers")
struct SettingsLayerTests {
    @Test(
        "flag beats variable beats credential beats --config beats the user's file beats the system's file beats default"
    )
    func order() async throws {
        try await ScratchDirectory.with { scratch in
            let system = try scratch.file("etc.yaml", "log:\n  level: debug\n")
            _ = try scratch.file("xdg/eralink/eralink.yaml", "log.level: notice\n")
            let given = try scratch.file("given.yaml", "log: {level: warning}\n")
            _ = try scratch.file("credentials/log.level", "error\n")
            var loader = SettingsLoader(environment: ["HOME": "/nonexistent"])
            loader.systemFile = "\(scratch.path)/none.yaml"
            func level() throws -> [String] {
                let loaded = try loader.load()
                return [loaded.settings.log.level.rawValue, loaded.origins["log.level"] ?? "default"]
            }
            #expect(try level() == ["info", "default"])
            loader.systemFile = system
            #expect(try level() == ["debug", "\(system):2"])
            loader.environment["XDG_CONFIG_HOME"] = "\(scratch.path)/xdg"
            #expect(try level() == ["notice", "\(scratch.path)/xdg/eralink/eralink.yaml:1"])
            loader.file = given
            #expect(try level() == ["warning", "\(given):1"])
            loader.environment["CREDENTIALS_DIRECTORY"] = "\(scratch.path)/credentials"
            #expect(try level() == ["error", "credential log.level"])
            loader.environment["ERALINK_LOG_LEVEL"] = "critical"
            #expect(try level() == ["critical", "ERALINK_LOG_LEVEL"])
            loader.flags = [FlagSetting("log.level", "trace", flag: "--log-level")]
            #expect(try level() == ["trace", "--log-level"])
        }
    }

    @Test("every key is read from its variable and shown again", arguments: Settings.keys.map(\.name))
    func everyKey(name: String) throws {
        let key = try #require(Settings.key(named: name))
        let text = try #require(Self.samples[name])
        var loader = SettingsLoader(environment: [key.environmentName: text])
        loader.systemFile = "/nonexistent"
        let loaded = try loader.load()
        #expect(key.show(loaded.settings) == (key.isSecret ? Self.shownSecrets[name] : text))
        #expect(key.show(loaded.settings) != key.show(Settings()))
        #expect(loaded.origin(of: key) == key.environmentName)
    }

    private static let samples = [
        "database.url": "postgresql://a:geheim@h/x", "database.pool": "3", "zookeeper.connect": "h:2181/e",
        "zookeeper.session_timeout": "4s", "zookeeper.auth": "a:geheim", "secrets.key_file": "/k",
        "http.server.host": "0.0.0.0", "http.server.port": "0", "http.client.proxy": "http://a:geheim@p:3128",
        "http.client.ca_file": "/ca", "chat.url": "https://c", "loader.url": "https://l", "files.url": "https://f",
        "token_file": "/t", "log.level": "trace", "log.format": "json", "limits.upload_bytes": "1GiB",
        "limits.webhook_body": "2MiB", "limits.rest_body": "1MiB", "limits.headers": "16KiB",
        "limits.header_timeout": "500ms", "limits.idle_timeout": "2m", "limits.sessions_per_token": "1",
        "limits.sessions": "5", "limits.requests_per_token_per_s": "1", "limits.events_unread": "10",
        "limits.bytes_unread": "2KiB", "agent.release_after": "5m", "events.retention": "7d", "shutdown.grace": "0s",
    ]

    private static let shownSecrets = [
        "database.url": "postgresql://a:***@h/x", "zookeeper.auth": "***", "http.client.proxy": "http://a:***@p:3128",
    ]

    @Test("the defaults are those of the contract")
    func defaults() {
        let shown = Dictionary(uniqueKeysWithValues: Settings.keys.map { ($0.name, $0.shownDefault) })
        let expected = [
            "database.pool": "8", "zookeeper.session_timeout": "10s", "http.server.host": "127.0.0.1",
            "http.server.port": "chat 8080, loader 8081, connectors 8090", "log.level": "info", "log.format": "line",
            "limits.upload_bytes": "200MiB", "limits.webhook_body": "1MiB", "limits.rest_body": "64KiB",
            "limits.headers": "32KiB", "limits.header_timeout": "10s", "limits.idle_timeout": "75s",
            "limits.sessions_per_token": "16", "limits.sessions": "20000", "limits.requests_per_token_per_s": "50",
            "limits.events_unread": "1000", "limits.bytes_unread": "1MiB", "agent.release_after": "off",
            "events.retention": "72h", "shutdown.grace": "30s", "database.url": "–",
        ]
        for (key, value) in expected { #expect(shown[key] == value, "\(key)") }
    }

    @Test(
        "a file that is wrong is refused with its place and what to do",
        arguments: [
            ("databse:\n  url: x\n", ":2: unknown setting \"databse.url\"; did you mean \"database.url\"?"),
            ("\nzzzzz: 1\n", ":2: unknown setting \"zzzzz\"; see \"eralink config defaults\""),
            (
                "log.level: loud\n",
                ":1: log.level: \"loud\" is not one of trace, debug, info, notice, warning, error, critical"
            ),
            ("database.pool: 0\n", ":1: database.pool: \"0\" is not a whole number from 1 to 1000"),
            (
                "limits:\n  idle_timeout: 3 weeks\n",
                ":2: limits.idle_timeout: \"3 weeks\" is not a duration such as 500ms, 10s, 5m, 2h or 3d"
            ),
            (
                "database.url: mysql://a:geheim@h\n",
                ":1: database.url: the value is not a libpq URI such as postgresql://user@host/database"
            ),
            (
                "chat.url: localhost:8080\n",
                ":1: chat.url: \"localhost:8080\" is not a URL that begins with http://, https://, ws://, wss://"
            ),
            ("log:\n  level: info\nlog.level: debug\n", ":3: log.level is set twice"),
            ("log: [a]\n", ":1: log must be a single value"),
            ("- a\n", " is not a YAML mapping of settings; see \"eralink config defaults\""),
            ("a: b: c\n", ":1: not readable as YAML: mapping values are not allowed in this context"),
        ])
    func wrongFile(yaml: String, message: String) async throws {
        try await ScratchDirectory.with { scratch in
            var loader = SettingsLoader(environment: [:], file: try scratch.file("e.yaml", yaml))
            loader.systemFile = "/nonexistent"
            let error = #expect(throws: EralinkError.self) { try loader.load() }
            #expect(error?.message == "\(scratch.path)/e.yaml\(message)")
            #expect(error?.code.exit == 2)
        }
    }

    @Test(
        "an empty file, comments and keys without a value set nothing",
        arguments: ["", "# only\n", "log:\n", "log.level:\n", "---\n"])
    func emptyFile(yaml: String) async throws {
        try await ScratchDirectory.with { scratch in
            var loader = SettingsLoader(environment: [:], file: try scratch.file("e.yaml", yaml))
            loader.systemFile = "/nonexistent"
            #expect(try loader.load().settings == Settings())
        }
    }

    @Test("an unknown variable is a warning, an empty one counts as not set")
    func variables() throws {
        var loader = SettingsLoader(environment: ["ERALINK_LOG_LEVLE": "x", "ERALINK_DATABASE_URL": "", "OTHER": "y"])
        loader.systemFile = "/nonexistent"
        let loaded = try loader.load()
        #expect(loaded.warnings == ["unknown variable ERALINK_LOG_LEVLE is ignored; did you mean ERALINK_LOG_LEVEL?"])
        #expect(loaded.settings == Settings())
    }

    @Test("a secret may be read from a file")
    func secretFromFile() async throws {
        try await ScratchDirectory.with { scratch in
            let file = try scratch.file("auth", "anna:geheim\nmore\n")
            var loader = SettingsLoader(environment: ["ERALINK_ZOOKEEPER_AUTH": "@\(file)"])
            loader.systemFile = "/nonexistent"
            #expect(try loader.load().settings.zookeeper.auth?.value == "anna:geheim")
        }
    }

    @Test("every problem is found at once")
    func allProblems() {
        var loader = SettingsLoader(
            environment: ["ERALINK_LOG_LEVEL": "x", "ERALINK_DATABASE_POOL": "y"], file: "/nonexistent/x")
        loader.systemFile = "/nonexistent"
        #expect(loader.loadAll().problems.count == 3)
    }

    @Test("the file of defaults is a settings file that changes nothing, also with every line in force")
    func defaultsFile() async throws {
        try await ScratchDirectory.with { scratch in
            #expect(try SettingsFile(path: "x", yaml: ConfigDefaults.file).values.isEmpty)
            let names = Settings.keys.filter { $0.show(Settings()) != nil }.map(\.name)
            let lines = ConfigDefaults.file.split(separator: "\n").compactMap { line in
                names.contains { line.hasPrefix("#\($0):") } ? line.dropFirst() : nil
            }
            let file = try scratch.file("e.yaml", lines.joined(separator: "\n"))
            var loader = SettingsLoader(environment: [:], file: file)
            loader.systemFile = "/nonexistent"
            #expect(lines.count == names.count)
            #expect(try loader.load().settings == Settings())
        }
    }
}
