import AgentClient
import JSON
import Sandbox
import TestSupport
import Testing

extension ProcessTests.Faults {
    /// What the database does while webhooks come, and how it is made to serve again.
    enum Outage: String, CaseIterable {
        case crash, hang
        case readOnly = "read-only"

        func begin(_ postgres: ScratchPostgres) async throws {
            switch self {
            case .crash: await postgres.kill()
            case .hang: await postgres.pause()
            case .readOnly: try await postgres.setReadOnly(true)
            }
        }

        func end(_ postgres: ScratchPostgres) async throws {
            switch self {
            case .crash: try await postgres.start()
            case .hang: postgres.resume()
            case .readOnly: try await postgres.setReadOnly(false)
            }
        }
    }

    static let webhookRow = "PostgreSQL crashes, hangs, is read-only: webhooks (Viber) get 503"

    @Test(
        "webhooks get 503 while the database is away; what they said comes in once when it is back",
        .enabled(if: FaultRun.only.map { webhookRow.contains($0) } ?? FaultRun.isLong))
    func webhooks() async throws {
        let random = FaultRandom.make()
        print("fault: \(Self.webhookRow), seed \(random.seed)")
        try await ScratchPostgres.withServer { postgres in
            try await ViberSite.with(postgres: postgres) { site, desk in
                let user = site.viber.createUser()
                let chat = try await site.open(desk, user, "0")
                var row = FaultRow(
                    name: Self.webhookRow, seed: random.seed, times: Outage.allCases.count, limit: .seconds(8))
                let writers = Writers(site, user)
                let writing = Task { try await writers.run() }
                for outage in Outage.allCases {
                    try await random.wait()
                    let before = site.viber.deliveries.count
                    try await outage.begin(postgres)
                    try await eventually("a webhook is refused", within: .seconds(15)) {
                        site.viber.deliveries.dropFirst(before).contains { $0.status == 503 } ? true : nil
                    }
                    try await random.wait(2000...4000)
                    let statuses = Set(site.viber.deliveries.dropFirst(before).map(\.status))
                    #expect(statuses.isSubset(of: [200, 503]), "\(outage): \(statuses)")
                    try await outage.end(postgres)
                    let began = ContinuousClock.now
                    let text = try await writers.write()
                    _ = try await desk.event("message.created", within: .seconds(60)) {
                        $0.data["text"]?["text"]?.string == text
                    }
                    row.incoming = max(row.incoming, ContinuousClock.now - began)
                }
                await writers.end()
                try await writing.value
                let written = await writers.written
                _ = try? await eventually("all has come") {
                    Set(await desk.texts("in", of: chat)).isSuperset(of: written) ? true : nil
                }
                // Viber repeats what was refused beside what is new, so there is no order to keep.
                let legs = [
                    Leg("history", put: written, got: try await desk.history("in", of: chat).dropFirst().sorted()),
                    Leg("agent", put: written, got: await desk.texts("in", of: chat).sorted()),
                ]
                row.count(legs)
                row.texts = written.count
                row.notes = ["counted from when the database is back", "Viber repeats in no order"]
                try row.publish()
                for leg in legs { #expect(leg.isClean, "\(leg)") }
                #expect(row.incoming <= row.limit)
                #expect(await desk.doubledCursors.isEmpty)
                #expect(site.viber.violations.allSatisfy { $0.kind == .badWebhook })
            }
        }
    }

    /// A person who writes all the time. The texts sort as they were written.
    private actor Writers {
        private let site: ViberSite
        private let user: SimulatedViberUser
        private(set) var written: [String] = []
        private var isOver = false

        init(_ site: ViberSite, _ user: SimulatedViberUser) {
            self.site = site
            self.user = user
        }

        func run() async throws {
            while !isOver {
                try write()
                try await Task.sleep(for: .milliseconds(120))
            }
        }

        @discardableResult
        func write() throws -> String {
            let text = "\(100_000 + written.count)"
            try site.viber.write(text, from: user.id)
            written.append(text)
            return text
        }

        func end() { isOver = true }
    }
}
