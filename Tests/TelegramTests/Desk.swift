import ConnectorKit
import Domain
import HTTPFetch
import Logging
import Sandbox
import TestSupport
import Testing

@testable import Telegram

/// A simulated Telegram with one bot and one customer who has started it, and the connector that serves the bot.
struct Desk {
    let telegram: SimulatedTelegram
    let bot: SimulatedBot
    let olga: Int64
    let connector: TelegramConnector
    let files: StandInFiles
    let log: TableLog

    static let token = "5000000001:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"

    static func with<Value>(
        settings: TelegramConnector.Settings = .quick, token: String = token, port: Int? = nil,
        files: [StandInFiles.Stored] = [], _ body: (Desk) async throws -> Value
    ) async throws -> Value {
        var configuration = SimulatedTelegram.Configuration()
        configuration.rates = nil
        return try await SimulatedTelegram.with(configuration: configuration) { telegram in
            let bot = try telegram.createBot(token: Self.token)
            let olga = telegram.createCustomer(id: 7_101_234_567, firstName: "Olga", languageCode: "ru")
            try telegram.openChat(with: olga.id)
            let log = TableLog()
            let stored = StandInFiles(files)
            let polls = HTTPFetcher()
            let sends = HTTPFetcher()
            let account = ConnectorAccount(
                id: AccountID(1), name: "support", kind: .telegram,
                apiURL: port.map { "http://127.0.0.1:\($0)" } ?? telegram.baseURL, token: Secret(token), settings: [:])
            let connector = TelegramConnector(
                account: account, polls: polls, sends: sends, files: stored, settings: settings,
                logger: log.logger)
            let result: Result<Value, any Error>
            do {
                result = .success(
                    try await body(
                        Desk(
                            telegram: telegram, bot: bot, olga: olga.id, connector: connector, files: stored, log: log))
                )
            } catch {
                result = .failure(error)
            }
            await polls.close()
            await sends.close()
            return try result.get()
        }
    }

    func part(_ text: String, keyboard: Keyboard? = nil, replyTo: String? = nil) -> OutgoingPart {
        OutgoingPart(
            message: MessageID(1), number: 1, chat: String(olga), content: .text(.init(text: text)),
            keyboard: keyboard, replyTo: replyTo, lane: .live)
    }

    /// What the connector did wrong in Telegram's eyes.
    var violations: [SimulatedViolation.Kind] { telegram.violations.map(\.kind) }
}

extension TelegramConnector.Settings {
    static var quick: Self {
        var settings = Self()
        settings.pollSeconds = 5
        settings.sendTimeout = .seconds(90)
        settings.callTimeout = .seconds(90)
        settings.stuckPause = .milliseconds(10)
        return settings
    }
}
