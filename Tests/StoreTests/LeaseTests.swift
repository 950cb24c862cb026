import AgentProtocol
import Domain
import Postgres
import TestSupport
import Testing

@testable import Store

@Suite("The lease of an account", .timeLimit(.minutes(5)))
struct LeaseTests {
    private func hold(_ f: StoreFixture, _ holder: String, term: Duration = .seconds(60)) async throws -> LeaseState {
        try await f.store.holdLease(of: f.account.id, as: holder, host: "h", term: term)
    }

    @Test("the first one holds it and renews it in the same epoch; another is told who does")
    func renew() async throws {
        try await StoreFixture.with { f in
            let first = try await hold(f, "a")
            #expect(first.holder == "a" && first.epoch == 1 && first.enabled)
            #expect(first.remaining > .seconds(50) && first.remaining <= .seconds(60))
            #expect(try await hold(f, "a").epoch == 1)
            let other = try await hold(f, "b")
            #expect(other.holder == "a" && other.epoch == 1)
            #expect(try await f.store.lease(of: f.account.id).holder == "a")
        }
    }

    @Test("released or expired it passes on with the next epoch; also to the one who let it expire")
    func passesOn() async throws {
        try await StoreFixture.with { f in
            let first = try await hold(f, "a")
            let proof = LeaseProof(account: f.account.id, epoch: first.epoch)
            try await f.store.releaseLease(proof, holder: "b")
            #expect(try await hold(f, "b").holder == "a")
            try await f.store.releaseLease(proof, holder: "a")
            #expect(try await f.store.lease(of: f.account.id).remaining <= .zero)
            let second = try await hold(f, "b", term: .milliseconds(1))
            #expect(second.holder == "b" && second.epoch == 2)
            while try await f.store.lease(of: f.account.id).remaining > .zero {}
            #expect(try await hold(f, "b").epoch == 3)
            // An old proof gives nothing back.
            try await f.store.releaseLease(proof, holder: "a")
            #expect(try await f.store.lease(of: f.account.id).holder == "b")
        }
    }

    @Test("of many who try at once one holds it")
    func race() async throws {
        try await StoreFixture.with(connections: 10) { f in
            let store = f.store
            let states = try await withThrowingTaskGroup(of: LeaseState.self) { group in
                for n in 0..<10 {
                    group.addTask {
                        try await store.holdLease(
                            of: f.account.id, as: "m\(n)", host: "h", term: .seconds(60))
                    }
                }
                return try await group.reduce(into: [LeaseState]()) { $0.append($1) }
            }
            #expect(Set(states.compactMap(\.holder)).count == 1 && states.allSatisfy { $0.epoch == 1 })
        }
    }

    @Test("a disabled account's lease is not renewed, and its version says that something changed")
    func disabled() async throws {
        try await StoreFixture.with { f in
            let first = try await hold(f, "a")
            var change = AccountChange()
            change.enabled = false
            _ = try await f.store.changeAccount("support", change, action: "account.disable", by: "test")
            let now = try await hold(f, "a")
            #expect(!now.enabled && now.accountVersion == first.accountVersion + 1)
            #expect(now.remaining <= first.remaining)
        }
    }

    @Test("who has lost the lease stores nothing, claims nothing and recovers nothing")
    func fencing() async throws {
        try await StoreFixture.with { f in
            let anna = Actor.agent("anna")
            let chat = try await f.chat(of: anna)
            _ = try await f.send([.text("hi", to: chat.id, as: anna, msgID: "m1")])
            let old = try await f.connector.lead(as: "a")
            try await f.store.releaseLease(old, holder: "a")
            let new = try await f.connector.lead(as: "b")
            let part = try #require(try await f.connector.queued().first)
            let store = f.store
            let calls: [(String, (LeaseProof) async throws -> Void)] = [
                (
                    "poll",
                    {
                        _ = try await store.storePolled(
                            [.text("x", chat: "100", external: "9")], position: 5, by: $0)
                    }
                ),
                ("claim", { _ = try await store.claim([part.id], deadline: .seconds(1), by: $0) }),
                ("recover", { _ = try await store.recoverAttempts(by: $0, holder: "a", excluding: []) }),
            ]
            for (name, call) in calls { #expect(await refusal { try await call(old) } == .leaseLost, "\(name)") }
            #expect(try await store.pollPosition(of: f.account.id) == nil)
            for (name, call) in calls { #expect(await refusal { try await call(new) } == nil, "\(name)") }
            #expect(try await store.pollPosition(of: f.account.id) == 5)
        }
    }

    @Test("a lease cannot pass on while its holder's transaction is under way")
    func shared() async throws {
        try await StoreFixture.with { f in
            let proof = try await f.connector.lead(as: "a")
            let taken = try await f.store.pool.transaction { tx in
                try await tx.requireLease(proof)
                async let other: Void = f.store.releaseLease(proof, holder: "a")
                try await f.untilBlocked()
                try await tx.commit()
                try await other
                return try await f.store.lease(of: f.account.id).holder
            }
            #expect(taken == nil)
        }
    }
}
