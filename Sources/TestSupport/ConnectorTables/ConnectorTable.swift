import ConnectorKit
import Domain
import HTTPFetch
import Logging
import Synchronization

/// The table runner of all connectors: each row runs a real connector against a scripted messenger on loopback, compares exact
/// requests, outcomes and what would be stored, and looks for secrets where they must not be.
///
///     let table = ConnectorTable(secrets: [token]) { bench in
///         TelegramConnector(account: account(at: bench.url), …, files: bench.files, logger: bench.logger)
///     }
///     #expect(await table.complaints(about: row) == [])
package struct ConnectorTable: Sendable {
    /// Texts that may stand in requests on the wire, and nowhere else.
    let secrets: [String]
    /// Of a messenger that is polled: the exchange in which an update comes, made of the update's JSON. Nil where it pushes
    /// (`WebhookReceiver`).
    let poll: (@Sendable ([UInt8]) -> TableExchange)?
    let make: @Sendable (Bench) throws -> any MessengerConnector

    package init(
        secrets: [String], poll: (@Sendable ([UInt8]) -> TableExchange)? = nil,
        _ make: @escaping @Sendable (Bench) throws -> any MessengerConnector
    ) {
        self.secrets = secrets
        self.poll = poll
        self.make = make
    }

    /// What a row's connector is made of.
    package final class Bench: Sendable {
        /// Base URL of the scripted messenger.
        package let url: String
        package let files: StandInFiles
        package let logger: Logger
        private let fetchers = Mutex<[HTTPFetcher]>([])

        init(url: String, files: StandInFiles, logger: Logger) {
            self.url = url
            self.files = files
            self.logger = logger
        }

        /// A fetcher that cannot leave localhost; the runner closes it.
        package func fetcher() -> HTTPFetcher {
            var configuration = HTTPFetchConfiguration()
            configuration.proxy = url
            configuration.logger = logger
            let fetcher = HTTPFetcher(configuration)
            fetchers.withLock { $0.append(fetcher) }
            return fetcher
        }

        func close() async { for fetcher in fetchers.withLock({ $0 }) { await fetcher.close() } }
    }

    /// What is wrong with the row; nothing where it holds.
    package func complaints(about row: OutgoingRow) async -> [String] {
        await run(row.exchanges, files: row.files, publicURL: row.publicURL) { connector, bench in
            let result = await row.given.perform(on: connector)
            var found: [String] = []
            if result.outcomes != row.expected { found.append("came to \(result.outcomes), expected \(row.expected)") }
            if let remembered = row.remembered, bench.files.remembered != remembered {
                found.append("remembered \(bench.files.remembered), expected \(remembered)")
            }
            return (found, result.texts)
        }
    }

    /// What is wrong with the row; nothing where it holds.
    package func complaints(about row: IncomingRow) async -> [String] {
        await run(poll.map { [$0(row.body)] } ?? [], files: [], publicURL: nil) { connector, _ in
            let got = await read(row, by: connector)
            var found = got.flatMap(\.storageComplaints)
            if got != row.expected { found.append("became \(got), expected \(row.expected)") }
            return (found, ["\(got)"])
        }
    }

    private func read(_ row: IncomingRow, by connector: any MessengerConnector) async -> [IncomingRow.Result] {
        if let receiver = connector as? any WebhookReceiver {
            let headers = row.headers
            do throws(WebhookRefusal) {
                let reading = try receiver.read(
                    WebhookRequest(body: row.body) { name in
                        headers.first { $0.key.lowercased() == name.lowercased() }?.value
                    })
                return .init(items: reading.items, skipped: reading.skipped)
            } catch {
                return [.refused("\(error)")]
            }
        }
        do throws(ConnectorFailure) {
            let batch = try await connector.poll(from: nil)
            return .init(items: batch.items, skipped: batch.skipped)
        } catch {
            return [.refused("\(error.kind)")]
        }
    }

    private func run(
        _ script: [TableExchange], files: [StandInFiles.Stored], publicURL: String?,
        _ body: (any MessengerConnector, Bench) async throws -> (complaints: [String], texts: [String])
    ) async -> [String] {
        let log = TableLog()
        do {
            let server = try await TableServer.start(script, secrets: secrets)
            let bench = Bench(
                url: server.url, files: StandInFiles(files, publicURL: publicURL), logger: log.logger)
            let result: Result<(complaints: [String], texts: [String]), any Error>
            do { result = .success(try await body(make(bench), bench)) } catch { result = .failure(error) }
            await bench.close()
            let complaints = await server.stop()
            let outcome = try result.get()
            return complaints + outcome.complaints + leaks(outcome.texts + [log.text])
        } catch {
            return ["the row could not be run: \(error)"]
        }
    }

    private func leaks(_ texts: [String]) -> [String] {
        secrets.flatMap { secret in
            texts.filter { !secret.isEmpty && $0.contains(secret) }
                .map { "a secret stands in: \($0.hiding(secrets))" }
        }
    }
}
