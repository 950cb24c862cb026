import JSON
import Sandbox

/// A simulator with one bot and one customer who has started it, called without sockets.
struct TelegramFixture {
    let telegram: SimulatedTelegram
    let bot: SimulatedBot
    let olga: Int64

    static func with<Value>(
        configuration: SimulatedTelegram.Configuration = .unlimited, _ body: (TelegramFixture) async throws -> Value
    ) async throws -> Value {
        try await SimulatedTelegram.with(configuration: configuration) { telegram in
            let bot = try telegram.createBot(token: "5000000001:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")
            let olga = telegram.createCustomer(id: 7_101_234_567, languageCode: "ru")
            try telegram.openChat(with: olga.id)
            return try await body(TelegramFixture(telegram: telegram, bot: bot, olga: olga.id))
        }
    }

    func call(_ method: String, _ parameters: [(String, String)] = []) async throws -> TelegramAnswer {
        try await telegram.call(method, parameters, token: bot.token)
    }

    @discardableResult
    func send(_ text: String, _ more: [(String, String)] = []) async throws -> TelegramAnswer {
        try await call("sendMessage", [("chat_id", "\(olga)"), ("text", text)] + more)
    }

    func count(_ kind: SimulatedViolation.Kind) throws -> Int { try telegram.statistics().violations[kind] ?? 0 }
}

extension SimulatedTelegram.Configuration {
    static var unlimited: Self {
        var configuration = Self()
        configuration.rates = nil
        return configuration
    }
}

extension TelegramAnswer {
    var result: JSONValue? { json?["result"] }
    var description: String? { json?["description"]?.string }
    var updateIDs: [Int64] { result?.array?.compactMap { $0["update_id"]?.int64 } ?? [] }
}
