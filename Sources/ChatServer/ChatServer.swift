import AgentProtocol
import Coordination
import Domain
import Logging
import ServiceLifecycle
import Store
import Web

/// The ChatServer: agents' WebSockets over the history, the queues and the event log. Any number of them serve at once; an
/// agent that comes back to another one resumes from its cursor (design.md, "Components").
///
/// `make` reads where the log stands; `run` does the work behind the sessions, whose route goes into a `WebServer`.
package struct ChatServer: Service {
    private let core: ChatServerCore

    private init(core: ChatServerCore) { self.core = core }

    /// Throws where the database cannot be reached.
    package static func make(
        _ settings: ChatServerSettings, store: Store, coordination: any Coordination, metrics: MetricsRegistry,
        logger: Logger
    ) async throws(EralinkError) -> ChatServer {
        ChatServer(
            core: ChatServerCore(
                settings: settings, store: store, coordination: coordination, log: try await store.logState(),
                metrics: metrics, logger: logger))
    }

    /// `GET /v1/agent` (agent-api.md, "Connection").
    package func webSocket() -> WebSocketRoute {
        let core = core
        var policy = WebSocketPolicy()
        policy.maxMessageBytes = AgentLimits.maxFrameBytes
        policy.pingEvery = .seconds(AgentLimits.pingSeconds)
        policy.closeReason = { _ in
            String(decoding: ComeBack.json(after: ComeBack.someTime()), as: UTF8.self)
        }
        return WebSocketRoute("/v1/agent", subprotocol: "eralink.v1", policy: policy) { request in
            do throws(EralinkError) {
                let header = try request.bearerToken().map { Secret($0) }
                if let header, try await core.store.token(header) == nil {
                    throw EralinkError(.unauthorized, "the token is not known, or has ended")
                }
                return .accept { connection in
                    let session = AgentSession(server: core, connection: connection, headerToken: header)
                    core.registry.opened(session)
                    return session
                }
            } catch {
                return .refuse(.problem(error))
            }
        }
    }

    /// What it tells of itself.
    package var routes: [WebRoute] { [.document("/asyncapi.json") { AsyncAPIDocument.bytes }] }

    package func readiness() async -> Readiness {
        let database = await core.store.ping()
        return Readiness(
            role: "active",
            checks: [
                .init("database", database ? "ok" : "down"),
                .init("zookeeper", core.coordination.status.isUp ? "ok" : "down"),
            ], isHealthy: database)
    }

    /// Serves until graceful shutdown, which must come after the `WebServer`'s, or cancellation.
    package func run() async throws {
        let core = core
        await cancelWhenGracefulShutdown {
            await withTaskGroup { group in
                group.addTask { await InboxLoop(core: core).run() }
                group.addTask { await LogLoop(core: core).run() }
                group.addTask { await SessionKeeper(core: core).run() }
                group.addTask { await Upkeep(core: core).run() }
                if let patience = core.settings.releaseAfter {
                    group.addTask { await Abandonment(core: core, patience: patience).run() }
                }
                await group.waitForAll()
            }
        }
    }
}
