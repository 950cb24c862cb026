import Domain
import Logging
import ServiceLifecycle
import Store
import Web

/// A daemon's role from its start on: waits for the database, makes the role, gives its routes to the server that listens
/// already, and runs its services.
///
/// The order of starting must not matter: a database that is away is waited for. A schema of another version ends the daemon,
/// since no waiting mends it.
struct RoleService: Service {
    let daemon: Daemon
    let server: WebServer
    /// The port, as soon as the server listens.
    let ports: AsyncStream<Int>
    let make: @Sendable (Daemon) async throws -> Daemon.Role

    func run() async throws {
        guard let role = try await cancelWhenGracefulShutdown({ try await madeRole() }) else { return }
        server.install(
            routes: role.routes + WebRoute.health(metrics: daemon.metrics, readiness: role.readiness),
            webSocket: role.webSocket)
        guard let port = await ports.first(where: { _ in true }) else { return }
        daemon.announce(role, port: port)
        guard !role.services.isEmpty else {
            // Thrown where it is cancelled instead: an end as good.
            try? await gracefulShutdown()
            return
        }
        var quiet = daemon.logger
        quiet.logLevel = max(quiet.logLevel, .error)
        try await ServiceGroup(configuration: .init(services: role.services, logger: quiet)).run()
    }

    /// Nil: it was told to end meanwhile.
    private func madeRole() async throws -> Daemon.Role? {
        while !Task.isCancelled {
            do {
                try await daemon.store.requireSchema()
                return try await make(daemon)
            } catch let error as EralinkError where error.code == .unavailable && error.retryable {
                if Task.isCancelled { return nil }
                daemon.waits(because: error)
                try? await Task.sleep(for: .seconds(1))
            }
        }
        return nil
    }
}
