import Glibc
import Synchronization
import Terminal
import UnixSignals

/// Ctrl-C as long work sees it: the first one asks to take no more work and to finish what is in flight.
package final class Interruption: Sendable {
    private let stream: AsyncStream<Never>
    private let continuation: AsyncStream<Never>.Continuation
    private let flag = Atomic(false)

    package init() {
        (stream, continuation) = AsyncStream.makeStream(bufferingPolicy: .bufferingOldest(1))
    }

    package var isRequested: Bool { flag.load(ordering: .relaxed) }

    /// Returns once the person wants an end, or the task is cancelled.
    package func requested() async {
        for await _ in stream {}
    }

    package func request() {
        flag.store(true, ordering: .relaxed)
        continuation.finish()
    }
}

extension CommandContext {
    /// Runs work that the first Ctrl-C ends in good order and the second at once, both with status 130.
    ///
    /// - Parameters:
    ///   - resume: the command line that goes on from where the work has come to, asked for after it has ended.
    ///   - work: watches the interruption; returns when it is done or has stopped.
    package func withInterruption<Result: Sendable>(
        resume: @escaping @Sendable () -> String?, _ work: @Sendable (Interruption) async throws -> Result
    ) async throws -> Result {
        let signals = await UnixSignalsSequence(trapping: .sigint)
        return try await withInterruption(signals: signals, resume: resume, work) {
            TerminalDevice.restore()
            _exit(ExitStatus.interrupted.rawValue)
        }
    }

    /// The same over any signals, for tests.
    func withInterruption<Result: Sendable>(
        signals: some AsyncSequence<some Any, Never> & Sendable, resume: @escaping @Sendable () -> String?,
        _ work: @Sendable (Interruption) async throws -> Result, exitNow: @escaping @Sendable () -> Void
    ) async throws -> Result {
        let interruption = Interruption()
        // Ended below, by cancelling it, when the work has returned.
        let watch = Task { [output] in
            for await _ in signals {
                if interruption.isRequested { exitNow() }
                output.note("finishing what is in flight; press Ctrl-C again to stop at once")
                interruption.request()
            }
        }
        defer { watch.cancel() }
        let result = try await work(interruption)
        guard interruption.isRequested else { return result }
        if let line = resume() { output.note("to go on from here: \(line)") }
        throw CommandFailure.interrupted
    }
}
