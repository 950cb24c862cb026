import ArgumentParser
import Domain
import JSON
import Terminal

/// The one place where any error becomes an exit status and one line on standard error, or its JSON.
package struct FailureReport: Sendable, Equatable {
    package let status: Int32
    package let error: EralinkError?

    package init(_ error: any Error) {
        switch error {
        case let failure as CommandFailure: (status, self.error) = (failure.status.rawValue, failure.error)
        case let error as EralinkError: (status, self.error) = (error.code.exit, error)
        case is CancellationError: (status, self.error) = (ExitStatus.interrupted.rawValue, nil)
        default:
            let text = "\(error)"
            self.error = EralinkError(.internal, text.isEmpty ? "failed without a reason" : text, retryable: false)
            status = ExitStatus.failed.rawValue
        }
    }

    /// An error of ArgumentParser: its message as one line, exit 2.
    package init(parsing error: any Error, command: String) {
        var message = Eralink.message(for: error).replacing(". Did you mean", with: "; did you mean")
            .replacing(". Please provide", with: "; please provide")
            .replacing("one of the following:\n", with: "one of\n")
        if message.hasSuffix(".") { message.removeLast() }
        if let first = message.first, message.dropFirst().first?.isLowercase == true {
            message = first.lowercased() + message.dropFirst()
        }
        message = Self.oneLine(message)
        if message.isEmpty { message = "the command line is not understood" }
        if !message.hasSuffix("?") { message += "; see \"\(command) --help\"" }
        self.init(CommandFailure.usage(message))
    }

    /// What goes to standard error, with its line end; nil for a silent end.
    package func text(form: OutputForm) -> String? {
        guard let error else { return nil }
        guard form.isJSON else { return "eralink: \(Escaping.visible(Self.oneLine(error.message)))\n" }
        return JSONText.line(JSONValue.members(["error": error.commandJSON])) + "\n"
    }

    fileprivate static func oneLine(_ message: String) -> String {
        let lines = message.split(whereSeparator: \.isNewline).map { $0.drop { $0 == " " } }
        // What ArgumentParser lists below each other.
        let items = lines.filter { $0.hasPrefix("- ") }.map { $0.dropFirst(2) }
        let words = lines.filter { !$0.hasPrefix("- ") }.joined(separator: " ")
        return items.isEmpty ? words : "\(words) \(items.joined(separator: ", "))"
    }
}

extension EralinkError {
    /// The error as the command line tells it (cli.md, "Subcommands").
    var commandJSON: JSONValue {
        .members([
            "code": .string(code.name), "message": .string(FailureReport.oneLine(message)),
            "details": .object(details.map { JSONMember($0.name, $0.value.json) }),
        ])
    }
}

extension EralinkError.Detail.Value {
    fileprivate var json: JSONValue {
        switch self {
        case .string(let text): .string(text)
        case .integer(let number): .number(JSONNumber(number))
        case .strings(let texts): .array(texts.map(JSONValue.string))
        case .null: .null
        }
    }
}
