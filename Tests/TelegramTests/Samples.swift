import ConnectorKit
import Domain
import JSON
import Testing

@testable import Telegram

/// JSON of the digest's shape: one customer, Olga, in her private chat with the bot.
enum Samples {
    static let chat = #"{"id":7101234567,"first_name":"Olga","last_name":"Смирнова","type":"private"}"#
    static let from =
        #"{"id":7101234567,"is_bot":false,"first_name":"Olga","last_name":"Смирнова","username":"olga","language_code":"ru"}"#
    static let profile = CustomerProfile(name: "Olga Смирнова", username: "olga", language: "ru")
    static let at = Timestamp(seconds: 1_790_000_000)

    /// An update of update_id 700000123 with message_id 51.
    static func message(_ members: String, kind: String = "message") -> String {
        #"{"update_id":700000123,"\#(kind)":{"message_id":51,"from":\#(from),"chat":\#(chat),"date":1790000000,\#(members)}}"#
    }

    static func update(_ members: String) -> String { #"{"update_id":700000123,\#(members)}"# }

    static func read(_ json: String) -> TelegramIncoming.Reading {
        TelegramIncoming.read(TelegramUpdate(reading: Array(json.utf8)[...]))
    }

    /// What becomes of a message by Olga.
    static func incoming(_ content: Content) -> IncomingMessage { .init(externalID: "51", content: content) }

    static func item(
        _ event: Inbound.Event, key: String? = "700000123/1790000000", profile: CustomerProfile? = profile,
        at: Timestamp? = at
    ) -> TelegramIncoming.Reading {
        .item(Inbound(key: key, chat: "7101234567", profile: profile, providerAt: at, event: event))
    }

    static func text(_ text: String, _ entities: [TextEntity] = []) -> TelegramIncoming.Reading {
        item(.message(incoming(.text(.init(text: text, entities: entities)))))
    }

    /// The message's content where an update became a message of a customer.
    static func content(_ reading: TelegramIncoming.Reading) -> Content? {
        guard case .item(let inbound) = reading else { return nil }
        switch inbound.event {
        case .message(let message), .edit(let message): return message.content
        default: return nil
        }
    }
}

/// A row of a table, named in the test's output.
struct Row<Given: Sendable, Expected: Sendable>: Sendable, CustomTestStringConvertible {
    var label: String
    var given: Given
    var expected: Expected

    init(_ label: String, _ given: Given, _ expected: Expected) {
        self.label = label
        self.given = given
        self.expected = expected
    }

    var testDescription: String { label }
}
