import Domain
import Testing

@testable import ConnectorKit

@Suite("A messenger that cannot be polled")
struct PollerTests {
    @Test(
        "is left alone for as long as it says",
        arguments: [
            (ConnectorFailure.Kind.throttled(.seconds(14)), 14.0), (.throttled(.seconds(180)), 180),
            (.throttled(.seconds(86_400)), 3600), (.conflict, 4), (.refused, 30),
        ])
    func rest(kind: ConnectorFailure.Kind, seconds: Double) {
        #expect(Poller.rest(after: ConnectorFailure(kind, ""), 1, jitter: 0.5) == .seconds(seconds))
    }

    @Test("else it is asked again with back-off, at least once a minute", arguments: 1...20)
    func backoff(failures: Int) {
        let rest = Poller.rest(after: ConnectorFailure(.unavailable, ""), failures, jitter: 1)
        #expect(rest > .zero && rest <= .seconds(60))
    }
}
