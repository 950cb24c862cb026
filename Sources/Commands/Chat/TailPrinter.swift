import AgentClient
import Domain
import JSON
import Synchronization

/// Prints what a tail hears, and keeps where it stands.
final class TailPrinter: Sendable {
    /// Everything that was there has been shown.
    struct Finished: Error {}

    private struct State {
        var cursor: String?
        var isFirst = true
        var customers = ChatNames()
    }

    private let output: Output
    private let scope: TailScope
    private let once: Bool
    private let state = Mutex(State())

    init(output: Output, scope: TailScope, once: Bool) {
        self.output = output
        self.scope = scope
        self.once = once
    }

    var resumeLine: String? {
        state.withLock(\.cursor).map { "eralink tail --since \($0)\(scope.arguments)" }
    }

    /// Throws `Finished` at the end of `--once`, `CommandFailure.closedPipe` where nobody reads any more.
    func take(_ item: AgentFeedItem) throws {
        switch item {
        case .connected(let hello, let isFirst):
            state.withLock { $0.cursor = $0.cursor ?? hello["cursor"]?.string }
            if !isFirst { output.note("connected again") }
        case .gap(let from, let to):
            state.withLock { $0.cursor = to }
            try print(TailRow(gapFrom: from, to: to))
        case .event(let event):
            // Told for the readers of JSON, who may keep its cursor; people see nothing in it.
            let isShown = event.type != "live" || output.form.isJSON
            let customer = state.withLock { $0.customers.learn(event) }
            if isShown, scope.admits(event) { try print(TailRow(event: event, customer: customer)) }
            if let cursor = event.cursor { state.withLock { $0.cursor = cursor } }
            if once, event.type == "live" { throw Finished() }
        case .disconnected(let error, let pause):
            let seconds = (pause / .milliseconds(100)).rounded() / 10
            output.note("\(error.message); trying again in \(seconds) s")
        }
    }

    private func print(_ row: TailRow) throws {
        let isFirst = state.withLock { state in
            defer { state.isFirst = false }
            return state.isFirst
        }
        try output.element(row, isFirst: isFirst) { output.shown($0.line) }
    }
}

extension TailScope {
    /// The options that a resumed tail needs again.
    fileprivate var arguments: String {
        let options =
            accounts.map { "--account \($0)" } + interactions.map { "--interaction \($0)" }
            + agents.map { "--agent \($0)" }
        return options.map { " \($0)" }.joined()
    }
}
