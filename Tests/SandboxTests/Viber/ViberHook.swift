import JSON
import Synchronization
import TestSupport

/// A bot's webhook: answers as it is told and keeps what came.
final class ViberHook: Sendable {
    struct Got: Sendable {
        var signature: String?
        var body: [UInt8]

        var value: JSONValue { (try? JSONValue(parsing: body)) ?? .null }
        var event: String { value["event"]?.string ?? "" }
    }

    private struct State {
        var got: [Got] = []
        var statuses: [Int] = []
        var delay = Duration.zero
        var body: [UInt8] = []
        var url = ""
    }

    private let state = Mutex(State())

    static func with<Value>(_ body: (ViberHook) async throws -> Value) async throws -> Value {
        let hook = ViberHook()
        return try await LoopbackServer.with({ await hook.answer($0) }) { server in
            hook.state.withLock { $0.url = server.url }
            return try await body(hook)
        }
    }

    var url: String { state.withLock { $0.url } + "/hook" }
    var got: [Got] { state.withLock { $0.got } }

    /// The next answers, in order; 200 from then on.
    func answer(with statuses: [Int]) { state.withLock { $0.statuses = statuses } }
    func answer(after delay: Duration) { state.withLock { $0.delay = delay } }
    func answer(body: String) { state.withLock { $0.body = Array(body.utf8) } }

    private func answer(_ request: LoopbackServer.Request) async -> LoopbackServer.Answer {
        let (answer, delay) = state.withLock { state in
            state.got.append(Got(signature: request.headers["x-viber-content-signature"], body: request.body))
            let status = state.statuses.isEmpty ? 200 : state.statuses.removeFirst()
            return (LoopbackServer.Answer(status, state.body), state.delay)
        }
        if delay > .zero { try? await Task.sleep(for: delay) }
        return answer
    }
}
