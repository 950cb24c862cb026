import Crypto
import HTTPFetch
import JSON
import Synchronization

/// The world behind its lock; delivers callbacks, fetches files, wakes who waits.
final class ViberCore: Sendable {
    let configuration: SimulatedViber.Configuration
    private let world: Mutex<ViberWorld>
    private let waiters = Mutex<[Int: Waiter]>([:])
    private let courier: ViberCourier

    private struct Waiter {
        var hasCome: @Sendable (ViberWorld) -> Bool
        var done: CheckedContinuation<Void, any Error>
    }

    init(_ configuration: SimulatedViber.Configuration) {
        self.configuration = configuration
        world = Mutex(ViberWorld(configuration))
        courier = ViberCourier()
    }

    func perform<Value: Sendable>(_ body: (inout ViberWorld) throws(SimulatorError) -> Value) throws(SimulatorError)
        -> Value
    {
        let (result, effects) = world.withLock { world in
            world.now = configuration.clock()
            let result: Result<Value, SimulatorError>
            do throws(SimulatorError) { result = .success(try body(&world)) } catch { result = .failure(error) }
            return (result, world.takeEffects())
        }
        for effect in effects { courier.carry(effect, for: self) }
        settle()
        return try result.get()
    }

    func read<Value: Sendable>(_ body: (ViberWorld) -> Value) -> Value { world.withLock { body($0) } }

    /// As `perform`, of what cannot fail.
    func note(_ body: (inout ViberWorld) -> Void) {
        try? perform { (world) throws(SimulatorError) in body(&world) }
    }

    func close() async {
        await courier.close()
        let left = waiters.withLock { waiters in
            defer { waiters = [:] }
            return waiters.values.map(\.done)
        }
        for done in left { done.resume(throwing: CancellationError()) }
    }

    // MARK: calls

    func answer(_ method: String, token: String?, contentType: String?, body: [UInt8]) async -> ViberWorld.Reply {
        var reply = ViberWorld.refusal(3)
        note { reply = $0.receive(method, token: token, contentType: contentType, body: body) }
        guard case .validate(let bot, let url) = reply else { return reply }
        let token = read { world in world.bots[bot]?.bot.token ?? "" }
        var stamp: (Int64, Int64) = (0, 0)
        note { stamp = (Int64($0.now * 1000), $0.nextToken()) }
        let callback = JSONWriter.object {
            $0.member("event", "webhook")
            $0.member("timestamp", stamp.0)
            $0.member("chat_hostname", "SN-CHAT-03_")
            $0.member("message_token", stamp.1)
        }
        let answer = await courier.post(callback, to: url, token: token, seconds: configuration.answerSeconds)
        note { reply = $0.finishWebhook(bot, url, status: answer?.status) }
        return reply
    }

    /// Posts a body outside of all bookkeeping.
    func post(_ body: [UInt8], to url: String, signature: String) async -> Int? {
        await courier.post(body, to: url, signature: signature, seconds: configuration.answerSeconds)?.status
    }

    // MARK: waiting

    /// Returns when it has come about.
    func wait(seconds: Double, _ hasCome: @escaping @Sendable (ViberWorld) -> Bool) async throws {
        let id = Int.random(in: 0...Int.max)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await self.waitFor(id, hasCome) }
            group.addTask {
                try await Task.sleep(for: .seconds(seconds))
                throw SimulatorError("within \(seconds) s it has not come about")
            }
            defer { group.cancelAll() }
            try await group.next()
        }
    }

    private func waitFor(_ id: Int, _ hasCome: @escaping @Sendable (ViberWorld) -> Bool) async throws {
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { done in
                waiters.withLock { $0[id] = Waiter(hasCome: hasCome, done: done) }
                if Task.isCancelled { give(up: id) }
                settle()
            }
        } onCancel: {
            give(up: id)
        }
    }

    private func give(up id: Int) {
        waiters.withLock { $0.removeValue(forKey: id) }?.done.resume(throwing: CancellationError())
    }

    private func settle() {
        let waiting = waiters.withLock { $0 }
        guard !waiting.isEmpty else { return }
        let come = world.withLock { world in waiting.filter { $0.value.hasCome(world) }.map(\.key) }
        for id in come { waiters.withLock { $0.removeValue(forKey: id) }?.done.resume() }
    }

    static func signature(of body: [UInt8], token: String) -> String {
        HMAC<SHA256>.authenticationCode(for: body, using: SymmetricKey(data: Array(token.utf8)))
            .map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }
}
