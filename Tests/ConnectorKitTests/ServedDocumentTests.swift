import AgentProtocol
import ConnectorKit
import Coordination
import Domain
import Store
import TestSupport
import Testing
import Web

@Suite("What a connector's process tells of itself")
struct ServedDocumentTests {
    @Test("its document has the routes that it serves, and no others")
    func routes() async throws {
        try await StoreFixture.with { fixture in
            let metrics = MetricsRegistry()
            let watch = AccountWatch { () async throws(EralinkError) in
                throw EralinkError(.notFound, "not asked for here")
            }
            let files = FileServer(
                account: "support", settings: .init(uploadLimit: 1, requestsPerSecond: 1, filesURL: ""),
                store: fixture.store, links: FileLinks(secretsKey: [1]), watch: watch, metrics: metrics, logger: .silent
            )
            let webhooks = WebhookRoutes(
                watch, store: fixture.store, coordination: InMemoryCoordination(), bodyLimit: 1, metrics: metrics,
                logger: .silent)
            let health = WebRoute.health(metrics: metrics) { Readiness(role: "active", checks: [], isHealthy: true) }
            let served = (files.routes + webhooks.routes + health).map {
                "\($0.method.name.lowercased()) \($0.pattern)"
            }
            // A route of GET answers HEAD too.
            let told = RestOperation.all(of: .files).filter { $0.method != .head }
                .map { "\($0.method.rawValue) \($0.path)" }
            #expect(served.sorted() == told.sorted())
        }
    }
}
