import Synchronization

/// Collects what commands print.
final class Outputs: Sendable {
    private let all = Mutex("")

    func add(_ result: BuiltCommand.Result) { all.withLock { $0 += result.stdout + result.stderr } }

    var text: String { all.withLock(\.self) }
}
