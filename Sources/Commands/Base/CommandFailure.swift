import Domain

/// Ends a command with a status that no error code has, or without a word.
package struct CommandFailure: Error, Sendable, Equatable {
    package var status: ExitStatus
    /// What is said on standard error; nil where the output has said it all.
    package var error: EralinkError?

    package init(_ status: ExitStatus, _ error: EralinkError? = nil) {
        self.status = status
        self.error = error
    }

    /// A command line that means nothing: exit 2.
    package static func usage(_ message: String, details: [EralinkError.Detail] = []) -> CommandFailure {
        CommandFailure(.usage, EralinkError(.invalidParams, message, details: details))
    }

    /// The time of `--timeout` is over: exit 124.
    package static func timedOut(_ message: String) -> CommandFailure {
        CommandFailure(.timedOut, EralinkError(.unavailable, message, retryable: true))
    }

    /// Part of the work is done, the output says which: exit 9.
    package static let partlyDone = CommandFailure(.partlyDone)

    /// The first Ctrl-C has ended the work in good order: exit 130.
    package static let interrupted = CommandFailure(.interrupted)

    /// Whoever read our output has gone: exit 141, silently.
    package static let closedPipe = CommandFailure(.closedPipe)
}
