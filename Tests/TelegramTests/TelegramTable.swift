import ConnectorKit
import Domain
import TestSupport
import Testing

@testable import Telegram

/// The kit's table runner over the Telegram connector, and short names for its rows.
enum TelegramTable {
    static let token = "5000000001:SECRETSECRETSECRETSECRETSECRETSECRE"
    static let chat = "7101234567"

    static let table = ConnectorTable(secrets: [token], poll: updates) { bench in
        TelegramConnector(
            account: ConnectorAccount(
                id: AccountID(1), name: "support", kind: .telegram, apiURL: bench.url, token: Secret(token),
                settings: [:]),
            polls: bench.fetcher(), sends: bench.fetcher(), files: bench.files, settings: .quick, logger: bench.logger)
    }

    static func check(_ row: OutgoingRow) async {
        let complaints = await table.complaints(about: row)
        #expect(complaints == [])
    }

    static func check(_ row: IncomingRow) async {
        let complaints = await table.complaints(about: row)
        #expect(complaints == [])
    }

    /// An answer of `getUpdates` that holds one update, spliced in as it stands.
    private static func updates(_ update: [UInt8]) -> TableExchange {
        TableExchange(
            "POST", path("getUpdates"),
            body: .json(
                #"{"limit":100,"timeout":5,"allowed_updates":["message","edited_message","callback_query","message_reaction","my_chat_member"]}"#
            ),
            answer: .reply(
                status: 200, headers: ["Content-Type": "application/json"],
                body: Array(#"{"ok":true,"result":["#.utf8) + update + Array("]}".utf8)))
    }

    static func path(_ method: String) -> String { "/bot<secret>/\(method)" }

    /// A call with a JSON body.
    static func call(_ method: String, _ json: String, _ answer: TableExchange.Answer = sent(52)) -> TableExchange {
        TableExchange(
            "POST", path(method), headers: ["Content-Type": "application/json"], body: .json(json), answer: answer)
    }

    /// A call with files.
    static func form(
        _ method: String, _ parts: [TableExchange.FormPart], _ answer: TableExchange.Answer = sent(52)
    ) -> TableExchange { TableExchange("POST", path(method), body: .form(parts), answer: answer) }

    /// The message that was sent, with more of its members.
    static func sent(_ id: Int, _ members: String = #""text":"…""#) -> TableExchange.Answer {
        .json(#"{"ok":true,"result":{"message_id":\#(id),"date":1790000100,\#(members)}}"#)
    }

    static let done = TableExchange.Answer.json(#"{"ok":true,"result":true}"#)

    /// Telegram's error with that code and description.
    static func error(_ code: Int, _ description: String, _ parameters: String = "") -> TableExchange.Answer {
        let more = parameters.isEmpty ? "" : #","parameters":\#(parameters)"#
        return .json(#"{"ok":false,"error_code":\#(code),"description":"\#(description)"\#(more)}"#, status: code)
    }

    static func part(
        _ content: Content, chat: String = chat, keyboard: Keyboard? = nil, replyTo: String? = nil,
        group: String? = nil, forward: OutgoingPart.ForwardSource? = nil
    ) -> OutgoingPart {
        OutgoingPart(
            message: MessageID(1), number: 1, chat: chat, content: content, keyboard: keyboard, replyTo: replyTo,
            group: group, forward: forward, lane: .live)
    }

    static func text(
        _ text: String, _ entities: [TextEntity] = [], chat: String = chat, keyboard: Keyboard? = nil,
        replyTo: String? = nil
    ) -> OutgoingPart {
        part(.text(.init(text: text, entities: entities)), chat: chat, keyboard: keyboard, replyTo: replyTo)
    }

    static func media(
        _ kind: MediaKind, file: Int64 = 9, caption: String? = nil, width: Int? = nil, height: Int? = nil,
        duration: Int? = nil, keyboard: Keyboard? = nil, replyTo: String? = nil, group: String? = nil,
        forward: OutgoingPart.ForwardSource? = nil
    ) -> OutgoingPart {
        var media = MediaContent(file: FileID(file))
        media.caption = caption
        media.width = width
        media.height = height
        media.duration = duration
        return part(.media(kind, media), keyboard: keyboard, replyTo: replyTo, group: group, forward: forward)
    }
}
