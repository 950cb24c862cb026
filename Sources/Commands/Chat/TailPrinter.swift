import AgentClient
import Domain
import JSON
import Synchronization

/// Prints what a tail hears, and keeps where it stands.
final class TailPrinter: Sendable {
    /// Everything that was there has been shown.
    struct Finished: Error {}

    /// An account of which nothing was known is there: its events come to a session that watches it too.
    struct UnwatchedAccount: Error {
        let name: String
    }

    private struct State {
        var scope: TailScope
        var cursor: String?
        var isFirst = true
        var chats = KnownChats()
    }

    private let output: Output
    private let once: Bool
    private let state: Mutex<State>

    init(output: Output, scope: TailScope, once: Bool) {
        self.output = output
        self.once = once
        state = Mutex(State(scope: scope))
    }

    var resumeLine: String? {
        state.withLock { state in state.cursor.map { "eralink tail --since \($0)\(state.scope.arguments)" } }
    }

    /// Where it stands: what came up to there has been shown.
    var cursor: String? { state.withLock(\.cursor) }

    /// Other accounts are watched from now on.
    func watches(_ accounts: [String]) { state.withLock { $0.scope.watched = accounts } }

    /// Throws `Finished` at the end of `--once`, `UnwatchedAccount` before the first event of an account that nobody knew of,
    /// `CommandFailure.closedPipe` where nobody reads any more, and what `chat` throws.
    ///
    /// - Parameter chat: asks for the interaction of this id; null where the server knows none.
    func take(_ item: AgentFeedItem, chat: (String) async throws -> JSONValue) async throws {
        switch item {
        case .connected(let hello, let isFirst):
            state.withLock { state in
                state.cursor = state.cursor ?? hello["cursor"]?.string
                state.scope.own = hello["agent"]?.string
            }
            if !isFirst { output.note("connected again") }
        case .gap(let from, let to):
            state.withLock { $0.cursor = to }
            try print(TailRow(gapFrom: from, to: to))
        case .event(let event): try await take(event, chat: chat)
        case .disconnected(let error, let pause):
            let seconds = (pause / .milliseconds(100)).rounded() / 10
            output.note("\(error.message); trying again in \(seconds) s")
        }
    }

    private func take(_ event: AgentEvent, chat: (String) async throws -> JSONValue) async throws {
        let (scope, known) = state.withLock { state in
            state.chats.learn(event)
            return (state.scope, event.interaction.flatMap { state.chats[$0] })
        }
        if let name = scope.unwatchedAccount(of: event) { throw UnwatchedAccount(name: name) }
        var facts = known
        // People are told whom a chat is with, and a scope may depend on whose it is.
        if facts == nil, let id = event.interaction, !scope.isEmpty || output.form == .table {
            let answer = try await chat(id)
            facts = state.withLock { state in
                state.chats.learn(id, answer)
                return state.chats[id]
            }
        }
        // Told for the readers of JSON, who may keep its cursor; people see nothing in it.
        let isShown = event.type != "live" || output.form.isJSON
        if isShown, scope.admits(event, of: facts) { try print(TailRow(event: event, customer: facts?.customer)) }
        if let cursor = event.cursor { state.withLock { $0.cursor = cursor } }
        if once, event.type == "live" { throw Finished() }
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
