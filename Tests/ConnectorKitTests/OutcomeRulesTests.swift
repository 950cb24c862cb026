import Domain
import Store
import Testing

@testable import ConnectorKit

@Suite("What follows from an attempt's outcome")
struct OutcomeRulesTests {
    struct Case: CustomTestStringConvertible, Sendable {
        var testDescription: String
        var outcome: SendOutcome
        var policy: ResendPolicy
        var verdict: AttemptRecord.Verdict
    }

    static let reason = Reason(code: "x", text: "because")

    @Test(
        "the policy of rule 4, row by row",
        arguments: [
            Case(
                testDescription: "sent is sent", outcome: .sent(externalID: "7"), policy: .hold,
                verdict: .settled(.sent)),
            Case(
                testDescription: "a refusal is final under any policy", outcome: .refused(reason, blocked: false),
                policy: .resend, verdict: .settled(.failed)),
            Case(
                testDescription: "over the rate waits as long as it was told",
                outcome: .throttled(retryAfter: .seconds(14)),
                policy: .hold, verdict: .again(after: .seconds(14))),
            Case(
                testDescription: "certainly not taken is tried again also under hold", outcome: .notTaken(reason),
                policy: .hold, verdict: .again(after: .seconds(1))),
            Case(
                testDescription: "ambiguous is sent again where the policy says so", outcome: .ambiguous(reason),
                policy: .resend, verdict: .again(after: .seconds(1))),
            Case(
                testDescription: "ambiguous under hold is unknown", outcome: .ambiguous(reason), policy: .hold,
                verdict: .settled(.unknown)),
            Case(
                testDescription: "a refused account keeps its messages", outcome: .accountRefused(reason),
                policy: .hold,
                verdict: .again(after: OutcomeRules.accountRest)),
        ])
    func verdict(_ row: Case) {
        let decision = OutcomeRules.decide(row.outcome, policy: row.policy, attempts: 1, jitter: 0.5)
        #expect(decision.verdict == row.verdict)
    }

    @Test("a customer who blocked the account is told along with the refusal")
    func blocked() {
        let decision = OutcomeRules.decide(
            .refused(Self.reason, blocked: true), policy: .resend, attempts: 1, jitter: 0)
        #expect(decision.blocked)
        #expect(decision.reason == Self.reason)
    }

    @Test(
        "back-off doubles to a minute and spreads by a quarter",
        arguments: [(1, 1.0), (2, 2), (3, 4), (6, 32), (7, 60), (40, 60)])
    func backoff(attempts: Int, seconds: Double) {
        #expect(OutcomeRules.backoff(attempts, 0.5) == .milliseconds(Int64(seconds * 1000)))
        #expect(OutcomeRules.backoff(attempts, 0) == .milliseconds(Int64(seconds * 750)))
        #expect(OutcomeRules.backoff(attempts, 1) == .milliseconds(Int64(seconds * 1250)))
    }
}

@Suite("An alarm")
struct AlarmTests {
    @Test("a ring that nobody waited for is kept")
    func kept() async {
        let alarm = Alarm()
        alarm.ring()
        let began = ContinuousClock.now
        await alarm.wait(until: .now + .seconds(60))
        #expect(ContinuousClock.now - began < .seconds(30))
    }

    @Test("a ring wakes who waits, its moment does, and so does cancellation")
    func wakes() async {
        let alarm = Alarm()
        await withTaskGroup { group in
            group.addTask { await alarm.wait(until: .now + .seconds(60)) }
            group.addTask { alarm.ring() }
            await group.waitForAll()
        }
        await alarm.wait(until: .now + .milliseconds(5))
        let waiting = Task { await alarm.wait(until: .now + .seconds(60)) }
        waiting.cancel()
        await waiting.value
    }
}

@Suite("A lease's term")
struct LeaseTermTests {
    @Test("it ends by itself, and nothing extends it backwards")
    func ends() {
        let term = LeaseTerm(proof: LeaseProof(account: AccountID(1), epoch: 3), until: .now + .seconds(60))
        #expect(term.isValid)
        let end = term.until
        term.extend(until: .now + .seconds(1))
        #expect(term.until == end)
        term.finish()
        #expect(!term.isValid)
    }
}
