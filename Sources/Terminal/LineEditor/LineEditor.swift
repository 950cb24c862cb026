import LoopExecutor
import Synchronization

/// A line of input at the bottom of a terminal, edited with history and completion, while other tasks print above it.
///
/// It is a thread of its own, since libedit blocks on half a key; every call into libedit and every write to the terminal
/// happens there. While one exists nobody else may write to the terminal.
package actor LineEditor {
    private let loop: LoopExecutor
    private let waiter: TerminalWaiter
    private let handle: EditLineHandle
    private let queue: LineQueue
    /// Handed over by `printSoon`, not printed yet.
    private let soon = Mutex<[String]>([])

    package nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

    private init(loop: LoopExecutor, waiter: TerminalWaiter, handle: EditLineHandle, queue: LineQueue) {
        self.loop = loop
        self.waiter = waiter
        self.handle = handle
        self.queue = queue
    }

    /// An editor for the time of `body`; the terminal is as before when this returns or throws.
    ///
    /// - Parameters:
    ///   - history: the file of entered lines, read now and written with every line; nil keeps none.
    ///   - complete: what the line up to the cursor can go on with. Called on the editor's thread: it must not wait.
    /// - Returns: what `body` does; nil where the descriptors are no terminal.
    package static func with<Value: Sendable>(
        input: Int32, output: Int32, prompt: String, history: String?,
        complete: @escaping @Sendable (String) -> LineCompletion, _ body: (LineEditor) async throws -> Value
    ) async throws -> Value? {
        let queue = LineQueue()
        guard
            let handle = EditLineHandle(
                input: input, output: output, prompt: prompt, historyPath: history, complete: complete)
        else { return nil }
        let waiter = TerminalWaiter(input: input, lines: queue)
        let loop = LoopExecutor(name: "terminal", waiter: waiter)
        let editor = LineEditor(loop: loop, waiter: waiter, handle: handle, queue: queue)
        await editor.start()
        do {
            let value = try await body(editor)
            await editor.close()
            loop.stop()
            return value
        } catch {
            await editor.close()
            loop.stop()
            throw error
        }
    }

    private func start() { waiter.edit(handle) }

    private func close() {
        printWaiting()
        waiter.edit(nil)
        handle.close()
        queue.finish()
    }

    /// The next line that was entered, without its end; nil after Ctrl-D, after the terminal has gone, or when the task is
    /// cancelled. One task takes them.
    package nonisolated func nextLine() async -> String? { await queue.next { waiter.wake() } }

    /// No more keys are taken; `nextLine` gives what was entered before, then nil.
    package nonisolated func stopReading() { queue.finish() }

    /// Prints whole lines above the prompt. The text is taken as it is.
    package func print(_ text: String) { handle.printAbove(text) }

    /// The same from where nothing can be waited for; at the latest it is printed when the editor ends.
    package nonisolated func printSoon(_ text: String) {
        soon.withLock { $0.append(text) }
        // Waited for by nobody: what it comes too late for is printed at the end.
        Task { await self.printWaiting() }
    }

    private func printWaiting() {
        let texts = soon.withLock { soon in
            defer { soon = [] }
            return soon
        }
        for text in texts { handle.printAbove(text) }
    }

    package func setPrompt(_ text: String) { handle.setPrompt(text) }

    /// After SIGWINCH.
    package func windowChanged() { handle.redraw(terminalWasLost: false) }

    /// After SIGCONT: another program had the terminal.
    package func terminalCameBack() { handle.redraw(terminalWasLost: true) }
}
