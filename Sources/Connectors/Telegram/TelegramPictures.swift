import ConnectorKit
import Domain
import JSON

/// What a customer's picture is fetched by.
struct TelegramPictures: Sendable {
    let api: TelegramAPI
    let timeout: Duration

    /// Of the several sizes, the smallest that a list of chats can show.
    private static let sensibleWidth = 160

    func source(of chat: String) async throws(ConnectorFailure) -> String? {
        guard let user = Int64(chat), user > 0 else { return nil }
        var call = TelegramCall("getUserProfilePhotos")
        call.value("user_id", user)
        call.value("limit", 1)
        let exchange = try await api.exchange(of: call, timeout: timeout)
        switch exchange.answer {
        case .result(let range): return Self.source(in: exchange.body[range])
        // Gone, or not to be seen by bots.
        case .error(let error) where error.code == 400 || error.code == 403: return nil
        case .error, .unreadable: throw api.failure(exchange, calling: call.method)
        }
    }

    static func source(in result: ArraySlice<UInt8>) -> String? {
        guard let answer = try? JSONValue(parsing: result, limits: .init(invalidUTF8: .replace)),
            let newest = answer["photos"]?.array?.first
        else { return nil }
        let sizes = newest.array ?? []
        let sensible = sizes.filter { size in
            TelegramMedia.identifier(size["file_id"]) != nil && (size["width"]?.int64 ?? 0) >= Self.sensibleWidth
        }
        let chosen =
            sensible.min { TelegramMedia.area(of: $0) < TelegramMedia.area(of: $1) } ?? TelegramMedia.largest(newest)
        return TelegramMedia.identifier(chosen?["file_id"])
    }
}
