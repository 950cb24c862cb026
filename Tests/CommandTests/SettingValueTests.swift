import ArgumentParser
import Testing

@testable import Commands

@Suite("Values of settings")
struct SettingValueTests {
    @Test(
        "durations are read as people write them",
        arguments: [
            ("500ms", Duration.milliseconds(500)), ("10s", .seconds(10)), ("5m", .seconds(300)), ("2h", .seconds(7200)),
            ("3d", .seconds(259_200)), ("30", .seconds(30)), ("0", .zero), ("1.5h", .seconds(5400)),
            ("0.25s", .milliseconds(250)),
        ])
    func duration(text: String, expected: Duration) throws {
        #expect(try DurationText.parse(text) == expected)
    }

    @Test(
        "what is no duration is refused",
        arguments: ["", "s", "-5s", "5 m", "5w", "1e3", "ten", "5ms5", ".5s", "5.s", "٣s", "999999999d"])
    func badDuration(text: String) {
        #expect(throws: SettingProblem.self) { try DurationText.parse(text) }
    }

    @Test(
        "a duration is shown in its largest whole unit",
        arguments: [
            (Duration.milliseconds(1500), "1500ms"), (.seconds(75), "75s"), (.seconds(60), "1m"),
            (.seconds(7200), "2h"),
            (.seconds(72 * 3600), "72h"), (.seconds(90 * 86_400), "90d"), (.zero, "0s"),
        ])
    func shownDuration(duration: Duration, expected: String) throws {
        #expect(DurationText.show(duration) == expected)
        #expect(try DurationText.parse(expected) == duration)
    }

    @Test(
        "sizes are read with their unit",
        arguments: [("200MiB", 209_715_200), ("64 KiB", 65_536), ("1GB", 1_000_000_000), ("10", 10), ("5B", 5)])
    func size(text: String, expected: Int) throws {
        #expect(try ByteSize.parse(text) == expected)
    }

    @Test("what is no size is refused", arguments: ["", "MiB", "-1", "5mb", "5M", "1.5MiB", "99999999999999GiB"])
    func badSize(text: String) {
        #expect(throws: SettingProblem.self) { try ByteSize.parse(text) }
    }

    @Test(
        "a database's password does not print",
        arguments: [
            ("postgresql://anna:geheim@db/eralink", "postgresql://anna:***@db/eralink"),
            ("postgresql://anna@db/eralink", "postgresql://anna@db/eralink"),
            ("postgresql://a:ge/h@eim@h1:5432,h2:5432/x", "postgresql://a:***@h1:5432,h2:5432/x"),
            (
                "postgresql://db/x?user=a&password=geheim&sslmode=require",
                "postgresql://db/x?user=a&password=***&sslmode=require"
            ),
            ("host=db password=geheim user=a", "host=db password=*** user=a"),
            ("host=db password = 'ge \\'heim' user=a", "host=db password = *** user=a"),
        ])
    func databasePassword(text: String, shown: String) throws {
        let url = try DatabaseURL(text)
        #expect("\(url)" == shown)
        #expect(String(reflecting: url) == shown)
        #expect(url.connectionString == text || text.contains(","))
        var dumped = ""
        dump(url, to: &dumped)
        #expect(!dumped.contains("geheim") && !dumped.contains("heim"))
    }

    @Test(
        "of several database hosts the writable one is asked for",
        arguments: [
            ("postgresql://h1,h2/x", "postgresql://h1,h2/x?target_session_attrs=read-write"),
            (
                "postgresql://h1,h2/x?sslmode=require",
                "postgresql://h1,h2/x?sslmode=require&target_session_attrs=read-write"
            ),
            ("postgresql://h1,h2/x?target_session_attrs=any", "postgresql://h1,h2/x?target_session_attrs=any"),
            ("postgresql:///x?host=h1,h2", "postgresql:///x?host=h1,h2&target_session_attrs=read-write"),
            ("postgresql://u:a,b@h1/x", "postgresql://u:a,b@h1/x"),
            ("host=h1,h2 user=a", "host=h1,h2 user=a target_session_attrs=read-write"),
            ("host=h1 user=a", "host=h1 user=a"),
        ])
    func severalHosts(text: String, expected: String) throws {
        #expect(try DatabaseURL(text).connectionString == expected)
    }

    @Test("a secret does not print")
    func secret() {
        let secret = Secret("geheim")
        var dumped = ""
        dump(secret, to: &dumped)
        #expect("\(secret) \(String(reflecting: secret)) \(dumped)".contains("geheim") == false)
    }

    @Test(
        "the nearest name is suggested, and none where none is near",
        arguments: [
            ("databse.url", "database.url"), ("log.levle", "log.level"), ("limits.upload", "limits.upload_bytes"),
            ("zzz", nil), ("pool", "database.pool"), ("", nil),
        ] as [(String, String?)])
    func nearest(text: String, expected: String?) {
        #expect(Nearest.name(to: text, among: Settings.keys.map(\.name)) == expected)
    }

    private struct Options: ParsableArguments {
        @Option(transform: DurationText.parse) var timeout: Duration
    }

    @Test("an option reads a duration as a setting does, and its error says what to write")
    func option() throws {
        #expect(try Options.parse(["--timeout", "2m"]).timeout == .seconds(120))
        let error = #expect(throws: (any Error).self) { try Options.parse(["--timeout", "soon"]) }
        let report = FailureReport(parsing: try #require(error), command: "eralink send")
        #expect(report.status == 2)
        #expect(
            report.text(form: .table)
                == "eralink: the value 'soon' is invalid for '--timeout <timeout>': is not a duration such as 500ms, 10s, 5m, 2h or 3d; see \"eralink send --help\"\n"
        )
    }
}
