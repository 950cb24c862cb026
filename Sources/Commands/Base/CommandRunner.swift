import ArgumentParser
import Domain
import Glibc
import Terminal

/// One run of the program: parses the command line, makes the context, runs the command, and turns whatever happens into
/// an exit status.
package struct CommandRunner: Sendable {
    package var standardOutput: OutputStream
    package var standardError: OutputStream
    package var input: CommandInput
    package var environment: [String: String]
    /// The columns of the window behind standard output; nil where that is no terminal.
    package var columns: Int?

    package init(
        standardOutput: OutputStream, standardError: OutputStream, input: CommandInput, environment: [String: String],
        columns: Int?
    ) {
        self.standardOutput = standardOutput
        self.standardError = standardError
        self.input = input
        self.environment = environment
        self.columns = columns
    }

    /// Runs a command line (without the program's name) and gives the exit status.
    package func run(_ arguments: [String]) async -> Int32 {
        do {
            try await perform(arguments)
            try standardOutput.flush()
            return ExitStatus.ok.rawValue
        } catch {
            // What was printed before the failure is still the reader's; that it cannot be written adds nothing to it.
            try? standardOutput.flush()
            let report = (error as? ParsingFailure)?.report ?? FailureReport(error)
            if let text = report.text(form: OutputForm(sniffing: arguments)) { try? standardError.write(text) }
            return report.status
        }
    }

    private func perform(_ arguments: [String]) async throws {
        let path = CommandPath(root: Eralink.self, arguments: arguments)
        if let problem = path.problem { throw problem }
        var parsed: any ParsableCommand
        do {
            parsed = try await Eralink.asyncParseAsRoot(path.arguments)
            // The commands of ArgumentParser's own (`help`) answer by throwing their text.
            if !(parsed is any ContextCommand) { try parsed.run() }
        } catch {
            return try answer(error, path)
        }
        guard let command = parsed as? any ContextCommand else { return }
        try await command.run(try context(for: command))
    }

    /// ArgumentParser throws texts that were asked for, as well as errors.
    private func answer(_ error: any Error, _ path: CommandPath) throws {
        guard Eralink.exitCode(for: error) == .success else {
            throw ParsingFailure(report: FailureReport(parsing: error, command: path.name))
        }
        let text = Eralink.fullMessage(for: error, columns: columns)
        let isHelp = text.hasPrefix("OVERVIEW:") || text.hasPrefix("USAGE:")
        if isHelp { try standardOutput.write(Self.examples(path.examples)) }
        try standardOutput.write(text.hasSuffix("\n") ? text : text + "\n")
    }

    private static func examples(_ examples: [CommandExample]) -> String {
        let lines = examples.map { "  # \($0.meaning)\n  \($0.line)\n" }
        return lines.isEmpty ? "" : "EXAMPLES:\n\(lines.joined())\n"
    }

    private func context(for command: any ContextCommand) throws -> CommandContext {
        let shared = command.shared
        var output = Output(standardOutput: standardOutput, standardError: standardError)
        output.form = shared.output
        output.quiet = shared.quiet
        output.raw = shared.raw
        output.width = columns
        output.isTerminal = columns != nil
        output.style = Style(isTerminal: columns != nil, noColor: shared.noColor, environment: environment)
        var context = CommandContext(output: output, input: input, environment: environment)
        guard type(of: command).usesSettings else { return context }
        let flags = shared.flagSettings + command.flagSettings
        context.loadedSettings = try SettingsLoader(flags: flags, environment: environment, file: shared.config).load()
        for warning in context.loadedSettings.warnings { output.warning(warning) }
        return context
    }
}

/// An error of ArgumentParser with the report made where the command was known.
private struct ParsingFailure: Error {
    let report: FailureReport
}
