import Testing

@testable import Postgres

@Suite("what a pool decides")
struct PoolStateTests {
    private typealias State = PoolState<Int, String>

    private let start = MonotonicTime(nanoseconds: 1_000_000_000_000)

    private func state(connections: Int = 2, waiters: Int = 10) -> State {
        State(limits: .init(connections: connections, waiters: waiters, wait: .seconds(4)))
    }

    private func refused(_ sqlState: String? = nil) -> PostgresError {
        PostgresError(sqlState.map { .server($0) } ?? .connection, "Connection refused", sqlState: sqlState)
    }

    private func miss(_ what: Comment) { Issue.record(what) }

    private func wait(_ state: inout State, _ name: String, until deadline: MonotonicTime? = nil) -> (
        connect: Bool, watch: Bool
    )? {
        guard case .wait(_, let connect, let watch) = state.lease(now: start, until: deadline, waiter: { name }) else {
            return nil
        }
        return (connect, watch)
    }

    @Test("one connect for each who waits, up to the limit, and one to watch the clock")
    func connects() throws {
        var state = state()
        let answers = ["a", "b", "c"].compactMap { wait(&state, $0) }
        #expect(answers.map(\.connect) == [true, true, false])
        #expect(answers.map(\.watch) == [true, false, false])
    }

    @Test("a connection that becomes free goes to who waited longest")
    func order() {
        var state = state()
        for name in ["a", "b", "c"] { _ = wait(&state, name) }
        guard case .handed("a", 1) = state.connected(1, generation: 0) else { return miss("a was first") }
        guard case .handed("b", 1) = state.release(1, isUsable: true, generation: 0) else {
            return miss("b was second")
        }
        guard case .handed("c", 2) = state.connected(2, generation: 0) else { return miss("c was third") }
        guard case .kept = state.release(2, isUsable: true, generation: 0) else { return miss("nobody waits") }
        #expect(state.idle == [2])
    }

    @Test("while connecting fails, one attempt at a time; after a success the rest follow")
    func outage() {
        var state = state(connections: 4)
        for name in ["a", "b", "c", "d"] { _ = wait(&state, name) }
        #expect(state.connecting == 4)
        let retries = (0..<4).map { _ in state.connectFailed(refused(), now: start).retry }
        #expect(retries == [false, false, false, true])
        _ = state.connected(1, generation: 0)
        let more = (0..<4).map { _ in state.nextConnect() }
        #expect(more == [true, true, true, false])
    }

    @Test(
        "a refusal that waiting does not mend is told to all who wait, at once", arguments: ["28P01", "3D000", "22023"])
    func permanent(sqlState: String) {
        var state = state()
        for name in ["a", "b"] { _ = wait(&state, name) }
        let (told, retry) = state.connectFailed(refused(sqlState), now: start)
        #expect(told == ["a", "b"])
        #expect(!retry)
    }

    @Test("waits end at the limit or the call's own deadline, with the real reason")
    func expiry() {
        var state = state()
        _ = wait(&state, "short", until: start + .seconds(1))
        _ = wait(&state, "long")
        _ = state.connectFailed(refused(), now: start)
        let first = state.expire(now: start + .seconds(1))
        #expect(first.overdue == ["short"])
        #expect(first.next == start + .seconds(4))
        #expect(first.error.message == "the database cannot be reached: Connection refused")
        let second = state.expire(now: start + .seconds(4))
        #expect(second.overdue == ["long"])
        #expect(second.next == nil)
        let later = wait(&state, "later")
        #expect(later?.watch == true)
    }

    @Test("connections of an older generation are dropped, the idle ones at once")
    func generations() {
        var state = state()
        _ = wait(&state, "a")
        _ = state.connected(1, generation: 0)
        _ = wait(&state, "b")
        _ = state.connected(2, generation: 0)
        _ = state.release(1, isUsable: true, generation: 0)
        let dropped = state.startGeneration()
        #expect(dropped == [1])
        _ = wait(&state, "c")
        guard case .dropped(connect: false) = state.release(2, isUsable: true, generation: 0) else {
            return miss("2 is of the old generation, and a connect for c is under way")
        }
        guard case .dropped(connect: true) = state.connected(3, generation: 0) else {
            return miss("3 was begun before the change, and c still waits")
        }
        guard case .handed("c", 4) = state.connected(4, generation: 1) else { return miss("4 is new") }
    }

    @Test("closed, it hands out what is to be ended and refuses everybody")
    func closing() {
        var state = state(connections: 1)
        _ = wait(&state, "a")
        let (connections, waiters) = state.close()
        #expect(connections.isEmpty)
        #expect(waiters == ["a"])
        guard case .refused(let error) = state.lease(now: start, until: nil, waiter: { "b" }) else {
            return miss("must be refused")
        }
        #expect(error.code == .closed)
        guard case .dropped(connect: false) = state.connected(1, generation: 0) else { return miss("too late") }
    }

    @Test("the pause after a failure grows to a second and is never the same")
    func backOff() {
        for failures in [1, 2, 5, 6, 100] {
            let pause = PostgresPool.backOff(after: failures)
            #expect(pause >= .milliseconds(25))
            #expect(pause <= .milliseconds(1500))
        }
        #expect(Set((0..<20).map { _ in PostgresPool.backOff(after: 9) }).count > 1)
    }
}
