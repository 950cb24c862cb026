import Domain
import JSON
import Logging
import Synchronization
import Testing

@testable import Commands

@Suite("The log of daemons")
struct StandardErrorLogTests {
    private func line(_ format: LogFormat, redactor: LogRedactor = LogRedactor(), _ log: (Logger) -> Void) -> String {
        let written = Mutex("")
        let logger = Logger(label: "chat") { label in
            StandardErrorLog(
                label: label, level: .info, format: format, redactor: redactor,
                now: { Timestamp(seconds: 1_700_000_000) }, write: { text in written.withLock { $0 += text } })
        }
        log(logger)
        return written.withLock { $0 }
    }

    @Test("a line has time, level, logger, message and the values under their keys")
    func lines() {
        let text = line(.line) {
            $0.info("message stored", metadata: .init([.interaction: "17", .reason: "two words", .error: "a\nb"]))
            $0.debug("not shown")
        }
        #expect(
            text
                == "2023-11-14T22:13:20.000Z info chat: message stored error=a\\nb interaction=17 reason=\"two words\"\n"
        )
    }

    @Test("as JSON each line is an object, and a value cannot take the place of the time")
    func json() throws {
        let text = line(.json) { $0.error("message lost", metadata: ["interaction": "17", "at": "never"]) }
        let value = try JSONValue(parsing: text)
        #expect(value["at"] == .string("2023-11-14T22:13:20.000Z"))
        #expect(value["level"] == .string("error"))
        #expect(value["logger"] == .string("chat"))
        #expect(value["msg"] == .string("message lost"))
        #expect(value["interaction"] == .string("17"))
        #expect(value["_at"] == .string("never"))
    }

    @Test(
        "no secret passes, by its key, its shape or its name",
        arguments: [
            ["token": "geheim-1"], ["text": "geheim guten Tag"], ["Authorization": "geheim"],
            ["path": "/bot123456789:AAgeheim_geheim-geheim_geheim-geheim/getUpdates"],
            ["header": "Bearer geheimgeheim"], ["url": "postgresql://a:geheim@h/x"], ["note": "the geheimnis itself"],
        ], [LogFormat.line, .json])
    func redaction(values: [String: String], format: LogFormat) {
        let redactor = LogRedactor()
        redactor.hide("geheimnis")
        let text = line(format, redactor: redactor) { $0.info("x", metadata: values.mapValues { .string($0) }) }
        #expect(!text.contains("geheim"))
        #expect(text.contains("***"))
    }

    @Test(
        "a command that is no daemon logs only when it is told to", arguments: [([], ""), (["--log-level"], "reached")])
    func quietCommands(flags: [String], expected: String) throws {
        let written = Mutex("")
        let output = Output(
            standardOutput: OutputStream(capacity: 0) { _ in },
            standardError: OutputStream(capacity: 0) { bytes in
                written.withLock { $0 += String(decoding: bytes, as: UTF8.self) }
            })
        let input = CommandInput(isTerminal: false) { _ in [] }
        var context = CommandContext(output: output, input: input, environment: [:])
        var loader = SettingsLoader(
            flags: flags.map { FlagSetting("log.level", "debug", flag: $0) },
            environment: ["ERALINK_LOG_LEVEL": "debug"])
        loader.systemFile = "/nonexistent"
        context.loadedSettings = try loader.load()
        context.logger("zk").info("server reached")
        #expect(written.withLock { $0 }.contains("reached") == !expected.isEmpty)
    }
}
