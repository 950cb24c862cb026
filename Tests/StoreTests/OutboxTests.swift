import AgentProtocol
import Domain
import Postgres
import TestSupport
import Testing

@testable import Store

@Suite("The outbox", .timeLimit(.minutes(5)))
struct OutboxTests {
    static let anna = Actor.agent("anna")

    /// A chat with so many messages in the queue, and a lease.
    private func queued(
        _ f: StoreFixture, _ count: Int = 1, lane: Lane = .live
    ) async throws -> (chat: Interaction, parts: [QueuedPart], proof: LeaseProof) {
        let chat = try await f.chat(of: Self.anna)
        _ = try await f.send(
            (0..<count).map { .text("\($0)", to: chat.id, as: Self.anna, msgID: "m\($0)", lane: lane) })
        return (chat, try await f.connector.queued(lane), try await f.connector.lead())
    }

    private func state(_ f: StoreFixture, _ chat: Interaction) async throws -> DeliveryState? {
        try await f.ingestAll()
        return try await f.messages(of: chat).last?.state
    }

    @Test("the queue is read in order, from where one has got to, without what one holds, by lane")
    func reading() async throws {
        try await StoreFixture.with { f in
            let (chat, parts, _) = try await queued(f, 5)
            #expect(
                parts.compactMap { if case .text(let text) = $0.part.content { text.text } else { nil } }
                    == ["0", "1", "2", "3", "4"])
            let (account, store) = (f.account.id, f.store)
            let later = try await store.queuedParts(of: account, lane: .live, after: parts[2].id, limit: 10)
            #expect(later.map(\.id) == parts[3...].map(\.id))
            let others = try await store.queuedParts(
                of: account, lane: .live, after: nil, excluding: [parts[0].id, parts[3].id], limit: 2)
            #expect(others.map(\.id) == [parts[1].id, parts[2].id])
            _ = try await f.send([.text("bulk", to: chat.id, as: Self.anna, msgID: "b", lane: .bulk)])
            #expect(try await f.connector.queued(.bulk).map(\.policy) == [.hold])
            #expect(try await f.connector.queued(.live).map(\.policy) == Array(repeating: .resend, count: 5))
            let depths = try await store.queueDepths()
            #expect(depths.outbox.first { $0.lane == .live }?.rows == 5)
        }
    }

    @Test("a claim whose answer was lost is made again under a new attempt, and counts once")
    func lostClaim() async throws {
        try await StoreFixture.with { f in
            let (_, parts, proof) = try await queued(f, 2)
            let ids = parts.map(\.id)
            let lost = try await f.store.claim(ids, deadline: .seconds(60), by: proof)
            let again = try await f.store.claim(ids, unheard: [ids[0]], deadline: .seconds(60), by: proof)
            #expect(again.map(\.id) == [ids[0]] && again.map(\.number) == [1])
            #expect(!lost.map(\.attempt).contains(again[0].attempt))
        }
    }

    @Test("what stands behind an earlier holder's attempt in its chat waits; other chats go on")
    func behindAnAttempt() async throws {
        try await StoreFixture.with { f in
            let (_, parts, proof) = try await queued(f, 3)
            let other = try await f.chat(of: Self.anna, "200")
            _ = try await f.send([.text("other", to: other.id, as: Self.anna, msgID: "other")])
            _ = try await f.store.claim([parts[0].id], deadline: .seconds(60), by: proof)
            func seen(by epoch: Int64) async throws -> [String] {
                try await f.store.queuedParts(
                    of: f.account.id, epoch: epoch, lane: .live, after: nil, limit: 10
                ).map(\.part.chat)
            }
            #expect(try await seen(by: proof.epoch) == ["100", "100", "200"])
            #expect(try await seen(by: proof.epoch + 1) == ["200"])
        }
    }

    @Test("a part is claimed once, with a fresh attempt recorded before anything is sent")
    func claim() async throws {
        try await StoreFixture.with { f in
            let (_, parts, proof) = try await queued(f, 3)
            let ids = parts.map(\.id)
            let claimed = try await f.store.claim(Array(ids[..<2]), deadline: .seconds(60), by: proof)
            #expect(Set(claimed.map(\.id)) == Set(ids[..<2]) && Set(claimed.map(\.attempt)).count == 2)
            #expect(claimed.allSatisfy { $0.number == 1 })
            let rest = try await f.store.claim(ids, deadline: .seconds(60), by: proof)
            #expect(rest.map(\.id) == [ids[2]])
            #expect(try await f.connector.queued().isEmpty)
        }
    }

    @Test("what was certainly not taken goes back with its wait and its number of attempts")
    func again() async throws {
        try await StoreFixture.with { f in
            let (chat, parts, proof) = try await queued(f)
            try await f.connector.attempt(parts, by: proof) {
                .of($0, $1, .again(after: .seconds(30)), "throttled")
            }
            let part = try #require(try await f.connector.queued().first)
            #expect(part.attempts == 1 && part.wait > .seconds(20) && part.wait <= .seconds(30))
            #expect(try await state(f, chat) == .accepted)
            #expect(try await f.store.trace(part.part.message).attempts.map(\.outcome) == ["throttled"])
        }
    }

    @Test(
        "an outcome is taken from whoever made the attempt, also after the lease has passed on; twice it is told once")
    func lateOutcome() async throws {
        try await StoreFixture.with { f in
            let (chat, parts, proof) = try await queued(f)
            let claim = try #require(
                try await f.store.claim(parts.map(\.id), deadline: .seconds(60), by: proof).first)
            try await f.store.releaseLease(proof, holder: "connector")
            _ = try await f.connector.lead(as: "other")
            let outcome = AttemptRecord.sent(parts[0], claim, external: "x1")
            for _ in 0..<2 {
                try await f.store.record([outcome], account: f.account.id, epoch: proof.epoch, holder: "connector")
            }
            #expect(try await state(f, chat) == .sent)
            let statuses = try await f.events().filter { $0.type == .messageStatus }
            #expect(statuses.count == 1)
        }
    }

    @Test("another holder acts on a part in sending only after its deadline: resend puts it back")
    func recoverResend() async throws {
        try await StoreFixture.with { f in
            let (chat, parts, proof) = try await queued(f)
            let claim = try #require(
                try await f.store.claim(parts.map(\.id), deadline: .seconds(60), by: proof).first)
            #expect(try await f.store.recoverAttempts(by: proof, holder: "c", excluding: []) == 0)
            _ = try await f.store.pool.query("UPDATE outbox SET deadline = now() - interval '1 second'")
            #expect(try await f.store.recoverAttempts(by: proof, holder: "c", excluding: [claim.attempt]) == 0)
            #expect(try await f.store.recoverAttempts(by: proof, holder: "c", excluding: []) == 1)
            #expect(try await f.connector.queued().map(\.attempts) == [1])
            // Late, the first attempt turns out to have been sent: the part is not sent again.
            let late = AttemptRecord.sent(parts[0], claim, external: "x1")
            try await f.store.record([late], account: f.account.id, epoch: proof.epoch, holder: "c")
            #expect(try await f.connector.queued().isEmpty)
            #expect(try await state(f, chat) == .sent)
        }
    }

    @Test("a late failure of a part that is queued again does not take it out of the queue")
    func lateFailure() async throws {
        try await StoreFixture.with { f in
            let (chat, parts, proof) = try await queued(f)
            let claim = try #require(
                try await f.store.claim(parts.map(\.id), deadline: .zero, by: proof).first)
            #expect(try await f.store.recoverAttempts(by: proof, holder: "c", excluding: []) == 1)
            let late = AttemptRecord.of(parts[0], claim, .settled(.failed), "refused")
            try await f.store.record([late], account: f.account.id, epoch: proof.epoch, holder: "c")
            #expect(try await f.connector.queued().count == 1)
            #expect(try await state(f, chat) == .accepted)
        }
    }

    @Test("hold makes a lost attempt unknown instead; a late receipt of its sending settles it")
    func recoverHold() async throws {
        try await StoreFixture.with { f in
            let (chat, parts, proof) = try await queued(f, lane: .bulk)
            let claim = try #require(
                try await f.store.claim(parts.map(\.id), deadline: .zero, by: proof).first)
            #expect(try await f.store.recoverAttempts(by: proof, holder: "c", excluding: []) == 1)
            #expect(try await f.connector.queued(.bulk).isEmpty)
            #expect(try await state(f, chat) == .unknown)
            #expect(try await f.messages(of: chat).last?.reason?.code == "attempt_lost")
            let late = AttemptRecord.sent(parts[0], claim, external: "x1")
            try await f.store.record([late], account: f.account.id, epoch: proof.epoch, holder: "c")
            #expect(try await state(f, chat) == .sent)
        }
    }

    @Test("what waited too long expires")
    func expiry() async throws {
        try await StoreFixture.with { f in
            let (chat, _, proof) = try await queued(f)
            #expect(try await f.store.expireParts(by: proof) == 0)
            _ = try await f.store.pool.query("UPDATE outbox SET expires_at = now() - interval '1 second'")
            #expect(try await f.store.expireParts(by: proof) == 1)
            #expect(try await state(f, chat) == .expired)
        }
    }

    @Test("a 429 holds its chat, a pause the account, remembered until they are over")
    func holds() async throws {
        try await StoreFixture.with { f in
            let (_, parts, proof) = try await queued(f)
            let claim = try #require(
                try await f.store.claim(parts.map(\.id), deadline: .seconds(9), by: proof).first)
            var record = AttemptRecord.of(parts[0], claim, .again(after: .seconds(20)), "throttled")
            record.hold = .seconds(20)
            try await f.store.record([record], account: f.account.id, epoch: proof.epoch, holder: "c")
            #expect(try await f.store.pause(f.account.id, for: .seconds(40), reason: "429") != nil)
            #expect(try await f.events().last?.type == .accountUpdated)
            let holds = try await f.store.holds(of: f.account.id)
            #expect(holds.count == 2)
            let chat = try #require(holds.first { $0.chat == "100" })
            let account = try #require(holds.first { $0.chat == nil })
            #expect(chat.wait > .seconds(15) && account.wait > .seconds(35))
        }
    }

    @Test("typing is taken once, and not when it is over")
    func typing() async throws {
        try await StoreFixture.with { f in
            let chat = try await f.chat(of: Self.anna)
            #expect(try await f.store.setTyping(chat.id, on: true, by: Self.anna) == "support")
            #expect(try await f.store.takeTyping(of: f.account.id) == ["100"])
            #expect(try await f.store.takeTyping(of: f.account.id).isEmpty)
            _ = try await f.store.setTyping(chat.id, on: false, by: Self.anna)
            #expect(try await f.store.takeTyping(of: f.account.id).isEmpty)
        }
    }
}
