/// Pauses that double up to a limit, each drawn between half and the whole, so that many clients do not come back at once.
package struct Backoff: Sendable {
    private let first: Duration
    private let limit: Duration
    private var current: Duration

    package init(first: Duration = .milliseconds(200), limit: Duration = .seconds(5)) {
        self.first = first
        self.limit = limit
        current = first
    }

    package mutating func next() -> Duration {
        let pause = current
        current = min(current * 2, limit)
        return pause * Double.random(in: 0.5...1)
    }

    package mutating func reset() { current = first }
}
