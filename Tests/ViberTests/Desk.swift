import ConnectorKit
import Domain
import HTTPFetch
import Sandbox
import Synchronization
import TestSupport

@testable import Viber

/// A connector whose webhook and files stand at one address, against the simulated Viber.
struct Desk {
    let viber: SimulatedViber
    let connector: ViberConnector
    let door: Door

    /// The kit's side of the webhook and of files, in memory.
    final class Door: Sendable {
        private struct State {
            var receiver: (any WebhookReceiver)?
            var items: [Inbound] = []
            var waiters: [(count: Int, CheckedContinuation<Void, Never>)] = []
            var isOpen = true
        }

        private let state = Mutex(State())
        let files: [StandInFiles.Stored]

        init(_ files: [StandInFiles.Stored]) { self.files = files }

        func serve(_ receiver: any WebhookReceiver) { state.withLock { $0.receiver = receiver } }

        /// Whether the webhook's address answers.
        func set(open: Bool) { state.withLock { $0.isOpen = open } }

        var items: [Inbound] { state.withLock { $0.items } }

        /// The first so many items, once they have come.
        func items(_ count: Int) async -> [Inbound] {
            await withCheckedContinuation { done in
                let isThere = state.withLock { state in
                    if state.items.count >= count { return true }
                    state.waiters.append((count, done))
                    return false
                }
                if isThere { done.resume() }
            }
            return items
        }

        func answer(_ request: LoopbackServer.Request) async -> LoopbackServer.Answer {
            if request.target.hasPrefix("/files/") { return file(request) }
            let (receiver, isOpen) = state.withLock { ($0.receiver, $0.isOpen) }
            guard isOpen, let receiver, request.target == "/webhooks/support/\(Bot.webhookSecret)" else {
                return .init(404)
            }
            guard request.method == "POST" else { return .init(200) }
            do throws(WebhookRefusal) {
                let reading = try receiver.read(
                    WebhookRequest(body: request.body) { request.headers[$0.lowercased()] })
                store(reading.items)
                return .init(200)
            } catch {
                return .init(error == .unauthorized ? 401 : 400)
            }
        }

        private func store(_ items: [Inbound]) {
            let ready = state.withLock { state in
                // What was seen is not stored again.
                let seen = Set(state.items.compactMap(\.key))
                state.items += items.filter { $0.key.map { !seen.contains($0) } ?? true }
                let count = state.items.count
                defer { state.waiters.removeAll { $0.count <= count } }
                return state.waiters.filter { $0.count <= count }.map(\.1)
            }
            for done in ready { done.resume() }
        }

        private func file(_ request: LoopbackServer.Request) -> LoopbackServer.Answer {
            let id = request.target.split(separator: "/").dropFirst(2).first.flatMap { Int64($0) }
            guard let stored = files.first(where: { $0.file.id.value == id }) else { return .init(404) }
            return .init(200, headers: [("Content-Type", stored.file.mime)], stored.bytes)
        }
    }

    static func with<Value>(
        files: [StandInFiles.Stored] = [], settings more: [String: String] = [:],
        _ configure: (inout SimulatedViber.Configuration) -> Void = { _ in },
        _ body: (Desk) async throws -> Value
    ) async throws -> Value {
        var configuration = SimulatedViber.Configuration()
        configuration.redelivery = [0.01, 0.05, 0.2]
        // A busy machine is no bad webhook.
        configuration.answerSeconds = 60
        configure(&configuration)
        return try await SimulatedViber.with(configuration: configuration) { viber in
            try viber.createBot(token: Bot.token, name: "Магазин")
            let door = Door(files)
            return try await LoopbackServer.with({ await door.answer($0) }) { server in
                let (calls, media) = (HTTPFetcher(), HTTPFetcher())
                var settings = ViberConnector.Settings()
                settings.checkPeriod = .milliseconds(1)
                settings.registerPause = .zero
                settings.jitter = { 0.5 }
                // A busy machine is no messenger that is away.
                settings.callTimeout = .seconds(60)
                settings.sendTimeout = .seconds(60)
                settings.probeTimeout = .seconds(60)
                let given = ["public_url": server.url, "media.allow_insecure": "true"].merging(more) { _, new in new }
                let connector = ViberConnector(
                    account: Bot.account(at: viber.baseURL, settings: given), calls: calls, media: media,
                    files: StandInFiles(files, publicURL: server.url), settings: settings, logger: TableLog().logger)
                door.serve(connector)
                let result: Result<Value, any Error>
                do {
                    result = .success(try await body(Desk(viber: viber, connector: connector, door: door)))
                } catch { result = .failure(error) }
                await calls.close()
                await media.close()
                return try result.get()
            }
        }
    }

    func part(
        _ content: Content, to user: SimulatedViberUser, keyboard: Keyboard? = nil, message: Int64 = 1042
    ) -> OutgoingPart {
        OutgoingPart(
            message: MessageID(message), number: 1, chat: user.id, content: content, keyboard: keyboard, lane: .live)
    }

    /// Sends, and gives the outcome in brief.
    func send(_ content: Content, to user: SimulatedViberUser, keyboard: Keyboard? = nil) async -> String {
        await connector.send(part(content, to: user, keyboard: keyboard)).outcome.brief
    }
}
