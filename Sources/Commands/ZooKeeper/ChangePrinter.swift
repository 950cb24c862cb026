import Coordination
import Domain
import JSON
import Synchronization
import Terminal

/// Prints the changes that `zk watch` sees, as they come.
final class ChangePrinter: Sendable {
    private struct State {
        var isFirst = true
        var isUp = false
        var failure: (any Error)?
    }

    private let output: Output
    private let now: @Sendable () -> Timestamp
    private let state = Mutex(State())
    private let end: AsyncStream<Never>
    private let ending: AsyncStream<Never>.Continuation

    init(_ context: CommandContext) {
        output = context.output
        now = context.now
        (end, ending) = AsyncStream.makeStream(bufferingPolicy: .bufferingOldest(1))
    }

    func take(_ event: NodeWatcher.Event) {
        switch event {
        case .following(let nodes, let isCut):
            state.withLock { $0.isUp = true }
            let more = isCut ? ", not all of them" : ""
            output.note("watching \(nodes) nodes\(more); Ctrl-C ends it")
        case .change(let change):
            let isFirst = state.withLock { state in
                defer { state.isFirst = false }
                return state.isFirst
            }
            do {
                try output.element(ChangeRow(at: now(), change: change), isFirst: isFirst) { $0.line(output) }
            } catch {
                fail(error)
            }
        }
    }

    func lost(_ reason: String) {
        let wasUp = state.withLock { state in
            defer { state.isUp = false }
            return state.isUp
        }
        if wasUp { output.note("\(reason); waiting for it") }
    }

    func fail(_ error: any Error) {
        state.withLock { $0.failure = $0.failure ?? error }
        ending.finish()
    }

    /// Returns after a failure, or when the task is cancelled.
    func hasEnded() async { for await _ in end {} }

    func check() throws { if let failure = state.withLock({ $0.failure }) { throw failure } }
}

private struct ChangeRow: OutputRow {
    let at: Timestamp
    let change: NodeChange

    private var node: NodeRow? { change.node.map(NodeRow.init) }

    static let columns = [
        OutputColumn<Self>("at") { $0.at.description }, OutputColumn("change") { $0.change.kind.rawValue },
        OutputColumn("path") { $0.change.path }, OutputColumn("value") { $0.node?.shown ?? "" },
        OutputColumn("session") { $0.node?.owner ?? "" },
    ]

    func line(_ output: Output) -> String {
        let colour: Style.Colour? =
            switch change.kind {
            case .created: .green
            case .changed: .yellow
            case .deleted: .red
            }
        return "\(at)  \(output.style(change.kind.rawValue, colour))  \(output.style.bold(output.shown(change.path)))"
            + (node.map { $0.node.value.isEmpty ? "" : "  \(output.shown($0.shown))" } ?? "")
    }

    func write(to writer: inout JSONWriter) {
        writer.objectValue {
            $0.member("at", at.description)
            $0.member("change", change.kind.rawValue)
            if let node { node.writeMembers(to: &$0) } else { $0.member("path", change.path) }
        }
    }
}
