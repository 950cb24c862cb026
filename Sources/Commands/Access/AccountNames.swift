import ArgumentParser
import FoundationEssentials
import Glibc
import Logging
import Postgres
import Store

/// The names of accounts for a shell that completes a command line: from the database where one is set, within the time that a
/// person at a keyboard does not notice. A shell has no use for errors, so there are none.
enum AccountNames {
    static let completion = CompletionKind.custom { words, _, prefix in await matching(prefix, in: words) }

    /// Until the answer must be there; past it there is none.
    private static let patience = Duration.milliseconds(150)

    static func matching(
        _ prefix: String, in words: [String], environment: [String: String] = ProcessInfo.processInfo.environment
    ) async -> [String] {
        let (loaded, _) = SettingsLoader(environment: environment, file: value(of: "--config", in: words)).loadAll()
        guard let url = loaded.settings.database.url,
            var configuration = try? PostgresConfiguration(url: url.connectionString)
        else { return [] }
        configuration.applicationName = "eralink completion"
        configuration.maximumConnections = 1
        configuration.connectTimeout = patience
        configuration.deadline = patience
        configuration.waitLimit = patience
        let silent = Logger(label: "completion") { _ in SwiftLogNoOpLogHandler() }
        let pool = PostgresPool(configuration, log: silent)
        let store = Store(pool: pool, logger: silent)
        // The process ends with the answer, and the connection with it: nothing is waited for beyond that.
        return await firstAnswer(within: patience) { (try? await store.accounts().map(\.name)) ?? [] }
            .filter { $0.hasPrefix(prefix) }
    }

    private static func firstAnswer(
        within time: Duration, _ ask: @escaping @Sendable () async -> [String]
    ) async -> [String] {
        let (answers, continuation) = AsyncStream.makeStream(of: [String].self)
        let asking = Task { continuation.yield(await ask()) }
        let waiting = Task {
            try? await Task.sleep(for: time)
            continuation.yield([])
        }
        defer {
            asking.cancel()
            waiting.cancel()
        }
        for await names in answers { return names }
        return []
    }

    private static func value(of option: String, in words: [String]) -> String? {
        if let index = words.firstIndex(of: option), index + 1 < words.count { return words[index + 1] }
        return words.first { $0.hasPrefix(option + "=") }.map { String($0.dropFirst(option.count + 1)) }
    }
}
