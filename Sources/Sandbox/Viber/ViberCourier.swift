import HTTPFetch
import Synchronization

/// Delivers callbacks and fetches files, outside of the world's lock. Each person's callbacks are tried in their order; one that
/// fails is repeated beside them.
final class ViberCourier: Sendable {
    private struct State {
        var queues: [String: [ViberWorld.Callback]] = [:]
        var tasks: [Int: Task<Void, Never>] = [:]
        var last = 0
        var isClosed = false
    }

    private let state = Mutex(State())
    private let fetcher: HTTPFetcher

    init() {
        var configuration = HTTPFetchConfiguration(name: "viber")
        configuration.userAgent = "Viber"
        configuration.maxTransfers = 4096
        configuration.keepAlive = .seconds(5)
        fetcher = HTTPFetcher(configuration)
    }

    func close() async {
        let tasks = state.withLock { state in
            state.isClosed = true
            return Array(state.tasks.values)
        }
        for task in tasks { task.cancel() }
        for task in tasks { await task.value }
        await fetcher.close()
    }

    func carry(_ effect: ViberWorld.Effect, for core: ViberCore) {
        switch effect {
        case .deliver(let callback):
            let isFirst = state.withLock { state in
                let isFirst = state.queues[callback.user] == nil
                state.queues[callback.user, default: []].append(callback)
                return isFirst
            }
            if isFirst { run { await self.work(off: callback.user, core) } }
        case .fetch(let bot, let token, let link, let size, let isPicture):
            guard core.configuration.fetchesMedia else { return }
            run {
                let (media, problem) = await self.fetch(link, size: size, isPicture: isPicture)
                core.note { $0.fetched(bot, token, media, problem) }
            }
        }
    }

    /// A task that `close` waits for.
    private func run(_ body: @escaping @Sendable () async -> Void) {
        state.withLock { state in
            guard !state.isClosed else { return }
            state.last += 1
            let id = state.last
            state.tasks[id] = Task {
                await body()
                self.state.withLock { $0.tasks[id] = nil }
            }
        }
    }

    private func work(off user: String, _ core: ViberCore) async {
        while !Task.isCancelled {
            let next = state.withLock { state -> ViberWorld.Callback? in
                guard let callback = state.queues[user]?.first else {
                    state.queues[user] = nil
                    return nil
                }
                state.queues[user]?.removeFirst()
                return callback
            }
            guard let next else { return }
            if await !attempt(next, 1, core) { run { await self.again(next, core) } }
        }
    }

    private func again(_ callback: ViberWorld.Callback, _ core: ViberCore) async {
        for (index, pause) in core.configuration.redelivery.enumerated() {
            try? await Task.sleep(for: .seconds(pause))
            if Task.isCancelled { return }
            if await attempt(callback, index + 2, core) { return }
        }
    }

    /// True where it was taken.
    private func attempt(_ callback: ViberWorld.Callback, _ number: Int, _ core: ViberCore) async -> Bool {
        let token = core.read { $0.bots[callback.bot]?.bot.token ?? "" }
        let answer = await post(
            callback.body, to: callback.url, token: token, seconds: core.configuration.answerSeconds)
        if Task.isCancelled { return true }
        core.note { world in
            world.delivered(callback, attempt: number, status: answer?.status)
            if let answer, answer.status == 200 { world.welcome(callback, answer.body) }
        }
        return answer?.status == 200
    }

    /// Nil: no answer in time.
    func post(_ body: [UInt8], to url: String, token: String, seconds: Double) async -> HTTPResponse? {
        await post(body, to: url, signature: ViberCore.signature(of: body, token: token), seconds: seconds)
    }

    func post(_ body: [UInt8], to url: String, signature: String, seconds: Double) async -> HTTPResponse? {
        try? await fetcher.fetch(
            HTTPRequest(
                .post, url,
                headers: [
                    "Content-Type": "application/json",
                    "X-Viber-Content-Signature": signature,
                ], body: .bytes(body), timeouts: HTTPTimeouts(total: .seconds(seconds)), label: "webhook",
                mayBeRepeated: false))
    }

    /// The file, and what is wrong with it.
    private func fetch(
        _ link: String, size: Int64?, isPicture: Bool
    ) async -> (SimulatedViberMessage.FetchedMedia?, String?) {
        let timeouts = HTTPTimeouts(total: .seconds(60))
        do {
            let head = try await fetcher.fetch(HTTPRequest(.head, link, timeouts: timeouts))
            let got = try await fetcher.fetch(HTTPRequest(.get, link, timeouts: timeouts, maxResponseBytes: 64 << 20))
            let type = got.headers["Content-Type"]
            let media = SimulatedViberMessage.FetchedMedia(status: got.status, type: type, bytes: got.body)
            guard got.status == 200, head.status == 200 else {
                return (media, "GET gives \(got.status), HEAD \(head.status)")
            }
            if let size, size != Int64(got.body.count) {
                return (media, "\(got.body.count) bytes, announced \(size)")
            }
            for headers in [got.headers, head.headers] where headers["Content-Length"] != String(got.body.count) {
                return (media, "Content-Length is \(headers["Content-Length"] ?? "missing") of \(got.body.count)")
            }
            if isPicture, type?.hasPrefix("image/") != true { return (media, "a picture of type \(type ?? "none")") }
            if isPicture, got.body.count > 3 << 20 { return (media, "a picture of \(got.body.count) bytes") }
            return (media, nil)
        } catch {
            return (nil, "it cannot be fetched: \(error)")
        }
    }
}
