import JSON

/// What `/readyz` tells of a service (agent-api.md, "REST").
package struct Readiness: Sendable {
    package struct Check: Sendable {
        package var name: String
        /// `ok`, `down`, or a word that says more.
        package var result: String

        package init(_ name: String, _ result: String) {
            self.name = name
            self.result = result
        }
    }

    /// `active`, `standby`, or another.
    package var role: String
    package var checks: [Check]
    /// False answers 503. Not every check that is down makes a service unhealthy.
    package var isHealthy: Bool

    package init(role: String, checks: [Check], isHealthy: Bool) {
        self.role = role
        self.checks = checks
        self.isHealthy = isHealthy
    }
}

extension WebRoute {
    /// `/healthz` (200 while alive), `/readyz` and `/metrics`: what every service has.
    package static func health(
        metrics: MetricsRegistry, readiness: @escaping @Sendable () async -> Readiness
    ) -> [WebRoute] {
        [
            WebRoute(.get, "/healthz") { _ in .json(JSONWriter.object { $0.member("status", "ok") }) },
            WebRoute(.get, "/readyz") { _ in
                let readiness = await readiness()
                let bytes = JSONWriter.object { writer in
                    writer.member("role", readiness.role)
                    writer.object("checks") { for check in readiness.checks { $0.member(check.name, check.result) } }
                }
                return .json(bytes, status: readiness.isHealthy ? 200 : 503, headers: ["Cache-Control": "no-store"])
            },
            WebRoute(.get, "/metrics") { _ in
                WebResponse(
                    contentType: "text/plain; version=0.0.4; charset=utf-8", bytes: Array(await metrics.text().utf8))
            },
        ]
    }
}
