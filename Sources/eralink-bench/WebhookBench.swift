import Crypto
import Domain
import HTTPFetch
import JSON
import Sandbox

/// Webhooks, as Viber sends them, stored and answered, beside the same number of plain inserts.
enum WebhookBench {
    private static let token = "4453b6ac12345678-e02c5f12174805f9-daec9cbb5448c51f"

    static func run(_ world: BenchWorld, _ floors: Floors, _ report: BenchReport) async throws {
        let file = try world.installation.write(token, to: "viber.token")
        try await world.installation.run([
            "account", "add", "viber", "--name", "hooks", "--token-file", file, "--api-url", "http://127.0.0.1:9",
            "--set", "public_url=http://127.0.0.1:9", "--set", "sender.name=bench",
        ])
        let account = try await world.installation.run(["account", "show", "hooks"])
        guard let path = account["webhook_url"]?.string?.split(separator: "9", maxSplits: 1).last else {
            throw BenchFailure("the account has no webhook_url")
        }
        let daemon = try world.installation.start(
            "connector-hooks", ["connector", "run", "viber", "--account", "hooks", "--port", "0"])
        let url = "http://127.0.0.1:\(try await daemon.ready())\(path)"
        var configuration = HTTPFetchConfiguration(name: "hooks")
        configuration.maxTransfers = 64
        configuration.maxConnectionsPerHost = 64
        let fetcher = HTTPFetcher(configuration)
        do {
            _ = try await send(200, from: 0, to: url, fetcher)
            let count = world.plan.webhooks
            let began = ContinuousClock.now
            let refused = try await send(count, from: 1000, to: url, fetcher)
            let rate = Double(count - refused) / ((ContinuousClock.now - began) / .seconds(1))
            report.add(
                "webhooks.rate", rate, "requests/s", "stored and answered; \(refused) of \(count) put off by 503")
            report.add("webhooks.ratio", rate / floors.inserts16, "×", "of 16-client inserts; goal 0.5")
            await fetcher.close()
        } catch {
            await fetcher.close()
            throw error
        }
        await daemon.end()
    }

    /// How many were answered 503.
    private static func send(
        _ count: Int, from first: Int, to url: String, _ fetcher: HTTPFetcher
    ) async throws -> Int {
        let key = SymmetricKey(data: Array(token.utf8))
        return try await withThrowingTaskGroup(of: Int.self) { group in
            for worker in 0..<64 {
                group.addTask {
                    var refused = 0
                    for number in stride(from: worker, to: count, by: 64) {
                        let body = message(first + number)
                        let signature = HMAC<SHA256>.authenticationCode(for: body, using: key).map { byte in
                            (byte < 16 ? "0" : "") + String(byte, radix: 16)
                        }.joined()
                        let answer = try await fetcher.fetch(
                            HTTPRequest(
                                .post, url,
                                headers: [
                                    "Content-Type": "application/json", "X-Viber-Content-Signature": signature,
                                ], body: .bytes(body), label: "webhook"))
                        switch answer.status {
                        case 200: break
                        case 503: refused += 1
                        default: throw BenchFailure("a webhook was answered \(answer.status): \(answer.text)")
                        }
                    }
                    return refused
                }
            }
            return try await group.reduce(0, +)
        }
    }

    private static func message(_ number: Int) -> [UInt8] {
        Array(
            """
            {"event":"message","timestamp":1457764197627,"message_token":\(4_912_661_846_655_238_145 + number),\
            "sender":{"id":"customer\(number % 500)==","name":"Ольга","language":"ru","country":"RU","api_version":8},\
            "message":{"type":"text","text":"Здравствуйте! Где мой заказ №\(number)?"}}
            """.utf8)
    }
}
