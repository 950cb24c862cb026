import Glibc
import Synchronization
import Testing

@testable import Commands

@Suite("Ctrl-C")
struct InterruptionTests {
    private func context() -> (CommandContext, @Sendable () -> String) {
        let written = WrittenText()
        let output = Output(
            standardOutput: OutputStream(capacity: 0) { _ in },
            standardError: OutputStream(capacity: 0) { written.append($0) })
        let input = CommandInput(isTerminal: false) { _ in [] }
        return (CommandContext(output: output, input: input, environment: [:]), { written.text })
    }

    @Test("the first one lets the work finish, says how to go on, and ends with 130")
    func first() async throws {
        let (context, said) = context()
        let (signals, press) = AsyncStream.makeStream(of: Void.self)
        let failure = await #expect(throws: CommandFailure.self) {
            try await context.withInterruption(
                signals: signals, resume: { "eralink tail --since e-7" },
                { interruption in
                    press.yield()
                    await interruption.requested()
                    #expect(interruption.isRequested)
                }, exitNow: { Issue.record("ended at once") })
        }
        #expect(failure?.status == .interrupted)
        #expect(
            said()
                == "finishing what is in flight; press Ctrl-C again to stop at once\nto go on from here: eralink tail --since e-7\n"
        )
    }

    @Test("the second one ends at once")
    func second() async throws {
        let (context, _) = context()
        let (signals, press) = AsyncStream.makeStream(of: Void.self)
        let (ended, end) = AsyncStream.makeStream(of: Void.self)
        _ = await #expect(throws: CommandFailure.self) {
            try await context.withInterruption(
                signals: signals, resume: { nil },
                { _ in
                    press.yield()
                    press.yield()
                    for await _ in ended { break }
                }, exitNow: { end.yield() })
        }
    }

    @Test("work that nobody interrupts returns its result")
    func undisturbed() async throws {
        let (context, said) = context()
        let (signals, _) = AsyncStream.makeStream(of: Void.self)
        let result = try await context.withInterruption(
            signals: signals, resume: { nil }, { !$0.isRequested }, exitNow: { Issue.record("ended") })
        #expect(result)
        #expect(said().isEmpty)
    }

    @Test("a short command ends with 130 and without a word")
    func shortCommand() async throws {
        try await ScratchDirectory.with { scratch in
            let fifo = "\(scratch.path)/fifo"
            #expect(mkfifo(fifo, 0o600) == 0)
            let result = try await BuiltCommand.run(["config", "show", "--config", fifo]) { child in
                // Returns once the command waits for the settings that nobody writes.
                let writer = open(fifo, O_WRONLY | O_CLOEXEC)
                kill(child, SIGINT)
                var info = siginfo_t()
                while waitid(P_PID, id_t(child), &info, WEXITED | WNOWAIT) != 0 && errno == EINTR {}
                close(writer)
            }
            #expect(result == BuiltCommand.Result(status: 130, stdout: "", stderr: ""))
        }
    }
}

/// What a stream was given.
private final class WrittenText: Sendable {
    private let bytes = Mutex<[UInt8]>([])

    func append(_ buffer: UnsafeRawBufferPointer) { bytes.withLock { $0 += buffer } }

    var text: String { bytes.withLock { String(decoding: $0, as: UTF8.self) } }
}
