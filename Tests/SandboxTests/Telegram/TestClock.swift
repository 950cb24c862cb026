import Sandbox
import Synchronization

/// A clock that tests move.
final class TestClock: Sendable {
    private let seconds = Mutex(1_790_000_000.0)
    var now: Double { seconds.withLock { $0 } }
    func advance(_ by: Double) { seconds.withLock { $0 += by } }

    var configuration: SimulatedTelegram.Configuration {
        var configuration = SimulatedTelegram.Configuration()
        configuration.clock = { self.now }
        return configuration
    }
}
