import Access
import AgentProtocol
import Domain
import JSON
import Logging
import Store
import Web

/// The Interaction Loader: what was written, by REST (agent-api.md, "REST"). It reads the database and keeps nothing, so any
/// number of them serve at once, also on a ChatServer's port.
package struct InteractionLoader: Sendable {
    private let store: Store
    private let capabilities: @Sendable (AccountKind, _ settings: [String: String]) -> Capabilities?
    private let gate: TokenGate
    private let requests: MetricCounter
    private let logger: Logger

    /// - Parameters:
    ///   - capabilities: what an account's channel can do; nil where there is no connector for its kind.
    ///   - requestsPerSecond: of one token; 0 lets everything pass.
    package init(
        store: Store, capabilities: @escaping @Sendable (AccountKind, [String: String]) -> Capabilities?,
        requestsPerSecond: Int, metrics: MetricsRegistry, logger: Logger
    ) {
        self.store = store
        self.capabilities = capabilities
        self.logger = logger
        gate = TokenGate(requestsPerSecond: requestsPerSecond) { secret throws(EralinkError) in
            try await store.token(secret)
        }
        requests = metrics.counter(
            "eralink_loader_requests_total", help: "REST requests answered by the Interaction Loader.",
            labels: ["path", "result"])
    }

    package var routes: [WebRoute] {
        [
            route("/v1/interactions") { request, actor throws(EralinkError) in
                let list = try RestQuery.interactions(request.pairs)
                return .fresh(try await store.page(list, for: actor).jsonBytes)
            },
            route("/v1/interactions/{id}") { request, actor throws(EralinkError) in
                let id = try RestQuery.interaction(id: request.parameter("id"), request.pairs)
                return .fresh(try await store.interaction(id, for: actor).jsonBytes)
            },
            route("/v1/interactions/{id}/messages") { request, actor throws(EralinkError) in
                let list = try RestQuery.messages(interaction: request.parameter("id"), request.pairs)
                return .fresh(try await store.page(list, for: actor).jsonBytes)
            },
            route("/v1/capabilities") { request, actor throws(EralinkError) in
                let get = try RestQuery.capabilities(request.pairs)
                let answer = try await store.capabilities(get, for: actor, capabilities)
                return .tagged(answer.etag, answer.jsonBytes, for: request)
            },
            .document("/openapi.json") { OpenAPIDocument.bytes(of: .loader) },
        ]
    }

    package func readiness() async -> Readiness {
        let isUp = await store.ping()
        return Readiness(role: "active", checks: [.init("database", isUp ? "ok" : "down")], isHealthy: isUp)
    }

    private func route(
        _ pattern: String,
        _ answer: @escaping @Sendable (WebRequest, Actor) async throws(EralinkError) -> WebResponse
    ) -> WebRoute {
        WebRoute(.get, pattern) { request in
            do throws(EralinkError) {
                let actor = try await gate.admit(try request.bearerToken())
                let response = try await answer(request, actor)
                requests.add(1, pattern, "ok")
                return response
            } catch {
                requests.add(1, pattern, error.code.name)
                logger.debug("request refused", metadata: ["path": "\(pattern)", "error": "\(error.code.name)"])
                return .problem(error, headers: ["Cache-Control": "no-store"])
            }
        }
    }
}

extension WebRequest {
    fileprivate var pairs: [(name: String, value: String)] { query.map { ($0.name, $0.value) } }
}
