import ArgumentParser

/// The options that every command has.
package struct SharedOptions: ParsableArguments {
    @Option(name: .long, help: ArgumentHelp("Read settings from this file, before the usual ones.", valueName: "file"))
    var config: String?

    @Option(name: [.customShort("o"), .long], help: "Form of the result.")
    var output: OutputForm = .table

    @Flag(name: [.customShort("q"), .long], help: "Print names and results only, no remarks.")
    var quiet = false

    @Flag(name: .customLong("no-color"), help: "No colours, as with NO_COLOR.")
    var noColor = false

    @Flag(name: .long, help: "Show customers' text without escaping what a terminal would act on.")
    var raw = false

    @Option(name: .customLong("log-level"), help: ArgumentHelp("Least level that is logged.", valueName: "level"))
    var logLevel: String?

    package init() {}

    var flagSettings: [FlagSetting] {
        logLevel.map { [FlagSetting("log.level", $0, flag: "--log-level")] } ?? []
    }

    /// The options as words: those with a value, those without. They may also stand before the command.
    static let withValue = ["--config", "-o", "--output", "--log-level"]
    static let switches = ["-q", "--quiet", "--no-color", "--raw"]
}

/// The address of a daemon, for the commands that start one.
package struct ServerOptions: ParsableArguments {
    @Option(name: .long, help: ArgumentHelp("Address to listen at.", valueName: "address"))
    var host: String?

    @Option(name: .long, help: ArgumentHelp("Port to listen at, 0 = any free one.", valueName: "port"))
    var port: String?

    package init() {}

    package var flagSettings: [FlagSetting] {
        let host = host.map { FlagSetting("http.server.host", $0, flag: "--host") }
        let port = port.map { FlagSetting("http.server.port", $0, flag: "--port") }
        return [host, port].compactMap(\.self)
    }
}
