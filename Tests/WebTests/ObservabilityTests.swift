import Domain
import Testing

@testable import Web

@Suite("Metrics, health and rate limits")
struct ObservabilityTests {
    @Test("the text is Prometheus' format, with its escapes")
    func text() async {
        let registry = MetricsRegistry()
        let counter = registry.counter("a_total", help: "line\nand \\ \"quoted\"", labels: ["account", "lane"])
        counter.add(2, "b\"o\\t\n", "live")
        counter.add(0.5, "a", "bulk")
        registry.gauge("rows", help: "Rows") { [MetricSample([], 7)] }
        let histogram = registry.histogram("seconds", help: "Time", labels: ["m"], buckets: [0.1, 1])
        histogram.observe(Duration.milliseconds(50), "send")
        histogram.observe(0.1, "send")
        histogram.observe(5, "send")
        #expect(
            await registry.text() == """
                # HELP a_total line\\nand \\\\ "quoted"
                # TYPE a_total counter
                a_total{account="a",lane="bulk"} 0.5
                a_total{account="b\\"o\\\\t\\n",lane="live"} 2
                # HELP rows Rows
                # TYPE rows gauge
                rows 7
                # HELP seconds Time
                # TYPE seconds histogram
                seconds_bucket{m="send",le="0.1"} 2
                seconds_bucket{m="send",le="1"} 2
                seconds_bucket{m="send",le="+Inf"} 3
                seconds_sum{m="send"} 5.15
                seconds_count{m="send"} 3

                """)
    }

    @Test("label values past the limit are counted together")
    func bounded() async {
        let registry = MetricsRegistry()
        let counter = registry.counter("x_total", help: "X", labels: ["who"], series: 2)
        for who in ["a", "b", "c", "d", "a"] { counter.add(1, who) }
        #expect(counter.value("a") == 2)
        #expect(counter.value("other") == 2)
        #expect(counter.value("c") == 0)
        #expect(registry.counter("x_total", help: "X", labels: ["who"]) === counter)
    }

    @Test("readiness tells role and checks, 200 or 503; metrics have their type", arguments: [true, false])
    func health(isHealthy: Bool) async throws {
        let registry = MetricsRegistry()
        registry.counter("eralink_x_total", help: "X").add()
        let routes = WebRoute.health(metrics: registry) {
            Readiness(
                role: "standby", checks: [.init("database", isHealthy ? "ok" : "down"), .init("zookeeper", "down")],
                isHealthy: isHealthy)
        }
        try await TestServer.with(routes: routes) { server in
            let client = try await RawClient.connect(server.port)
            #expect(try await client.get("/healthz").status == 200)
            let ready = try await client.get("/readyz")
            #expect(ready.status == (isHealthy ? 200 : 503))
            #expect(
                ready.text
                    == #"{"role":"standby","checks":{"database":"\#(isHealthy ? "ok" : "down")","zookeeper":"down"}}"#)
            let metrics = try await client.get("/metrics")
            #expect(metrics.header("Content-Type") == "text/plain; version=0.0.4; charset=utf-8")
            #expect(metrics.text.contains("\neralink_x_total 1\n"))
        }
    }

    @Test("a token has so many requests a second and is told when the next one fits; others are not touched")
    func limits() throws {
        let limiter = RateLimiter(requestsPerSecond: 50)
        let now = ContinuousClock.now
        for _ in 0..<50 { try limiter.admit("a", now: now) }
        let error = #expect(throws: EralinkError.self) { try limiter.admit("a", now: now) }
        #expect(error?.code == .rateLimited)
        #expect(error?.retryAfterMilliseconds == 20)
        try limiter.admit("b", now: now)
        try limiter.admit("a", now: now + .milliseconds(20))
        #expect(throws: EralinkError.self) { try limiter.admit("a", now: now + .milliseconds(20)) }
        // What is saved up is one second's worth, however long the pause.
        for _ in 0..<50 { try limiter.admit("a", now: now + .seconds(100)) }
        #expect(throws: EralinkError.self) { try limiter.admit("a", now: now + .seconds(100)) }
    }

    @Test("the table of buckets is bounded")
    func boundedBuckets() throws {
        let limiter = RateLimiter(requestsPerSecond: 5, capacity: 100)
        let now = ContinuousClock.now
        for key in 0..<1000 { try limiter.admit("\(key)", now: now) }
        #expect(limiter.count <= 100)
    }
}
