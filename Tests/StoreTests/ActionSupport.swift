import AgentProtocol
import Domain
import Postgres
import TestSupport

@testable import Store

extension Capabilities {
    /// Everything that actions need: edits and deletions within an hour, answers, read marks.
    static var lively: Capabilities {
        var channel = Capabilities(
            kinds: [
                .text: .init(send: .full, receive: true), .image: .init(send: .full, receive: true, captionMax: 20),
            ], textMax: 100, textUnit: .utf16, keyboards: .init(inline: .init(kinds: [.callback])), edit: true,
            delete: true, maxAgeSeconds: 3600, readMark: true)
        channel.answersCallbacks = true
        return channel
    }
}

extension StoreFixture {
    static let lively: ChannelTable = { _ in .lively }

    /// A message of that agent's that was sent, as `sent-1` and so on by its part.
    func sent(
        _ text: String = "hi", in chat: Interaction, as agent: Actor, msgID: String = "m1", by proof: LeaseProof
    ) async throws -> Message {
        let message = try await send([.text(text, to: chat.id, as: agent, msgID: msgID)]).answers[0].get()
        try await settle(by: proof)
        return message
    }

    /// Sends what waits, each part as `ext-MESSAGE-PART`, and has it known.
    func settle(by proof: LeaseProof) async throws {
        try await connector.attempt(try await connector.queued(), by: proof) {
            .sent($0, $1, external: "ext-\($0.part.message)-\($0.part.number)")
        }
        try await ingestAll()
    }

    func claim(by proof: LeaseProof, limit: Int = 10) async throws -> [ClaimedAction] {
        try await store.claimActions(limit: limit, busy: .seconds(60), by: proof).actions
    }

    @discardableResult
    func finish(
        _ action: ClaimedAction, _ verdict: ActionRecord.Verdict = .done, hold: Duration? = nil, by proof: LeaseProof
    ) async throws -> [EventRecord] {
        try await store.record(
            [.init(of: action, verdict: verdict, outcome: "x", hold: hold, request: "POST /x", response: "200")],
            by: proof, holder: "c")
    }
}

extension Inbound {
    static func press(_ id: String, data: String = "d", pressed: String, chat: String = "100") -> Inbound {
        Inbound(
            key: "press-\(id)", chat: chat,
            event: .message(
                IncomingMessage(
                    externalID: "press-\(id)", content: .callback(.init(id: id, data: data)), pressed: pressed)))
    }
}
