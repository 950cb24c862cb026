import ConnectorKit
import Domain
import TestSupport
import Testing

@testable import Telegram

@Suite("When Telegram refuses one way")
struct WaysTests {
    typealias T = TelegramTable

    static let reply =
        #"{"chat_id":7101234567,"text":"a","reply_parameters":{"message_id":51,"allow_sending_without_reply":true}}"#
    static let plain: String = #"{"chat_id":7101234567,"text":"a"}"#
    static let forward: String = #"{"chat_id":7101234567,"from_chat_id":7109,"message_id":77}"#
    static let source: OutgoingPart.ForwardSource = .init(chat: "7109", externalID: "77")
    static let moved: TableExchange.Answer = T.error(
        400, "Bad Request: group chat was upgraded to a supergroup chat", #"{"migrate_to_chat_id":-1001234567890}"#)

    static let rows: [OutgoingRow] = [
        OutgoingRow(
            "the answered message is gone", .part(T.text("a", replyTo: "51")),
            [
                T.call("sendMessage", reply, T.error(400, "Bad Request: message to be replied not found")),
                T.call("sendMessage", plain),
            ], "sent 52"),
        OutgoingRow(
            "the marks cannot be read", .part(T.text("a", [.init(kind: .bold, offset: 0, length: 1)])),
            [
                T.call(
                    "sendMessage",
                    #"{"chat_id":7101234567,"text":"a","entities":[{"type":"bold","offset":0,"length":1}]}"#,
                    T.error(
                        400,
                        "Bad Request: entity beginning at UTF-16 offset 0 ends after the end of the text at UTF-16 offset 1"
                    )),
                T.call("sendMessage", plain),
            ], "sent 52"),
        OutgoingRow(
            "the chat has another id now, and the next message goes there at once",
            .all([.part(T.text("a")), .part(T.text("a"))]),
            [
                T.call("sendMessage", plain, moved),
                T.call("sendMessage", #"{"chat_id":-1001234567890,"text":"a"}"#),
                T.call("sendMessage", #"{"chat_id":-1001234567890,"text":"a"}"#, T.sent(53)),
            ], "sent 52", "sent 53"),
        OutgoingRow(
            "a chat that moves to where it is", .part(T.text("a", chat: "-1001234567890")),
            [T.call("sendMessage", #"{"chat_id":-1001234567890,"text":"a"}"#, moved)], "moved -1001234567890"),
        OutgoingRow(
            "a message is forwarded by Telegram", .part(T.part(.text(.init(text: "a")), forward: source)),
            [T.call("forwardMessage", forward)], "sent 52"),
        OutgoingRow(
            "a poll is forwarded by Telegram alone",
            .part(T.part(.unsupported(.init(providerType: "poll", raw: "{}")), forward: source)),
            [T.call("forwardMessage", forward, T.error(400, "Bad Request: message to forward not found"))],
            "refused message_not_found"),
        OutgoingRow(
            "what cannot be forwarded is said anew", .part(T.part(.text(.init(text: "a")), forward: source)),
            [
                T.call(
                    "forwardMessage", forward,
                    T.error(400, "Bad Request: message has protected content and can't be forwarded")),
                T.call("sendMessage", plain),
            ], "sent 52"),
        OutgoingRow(
            "a forwarded file that cannot be forwarded is sent anew",
            .part(T.media(.document, forward: source)),
            files: [MediaOutTests.stored("application/pdf", "a.pdf", ["document": "D"])],
            [
                T.call("forwardMessage", forward, T.error(400, "Bad Request: message to forward not found")),
                T.call("sendDocument", #"{"chat_id":7101234567,"document":"D"}"#),
            ], "sent 52"),
        OutgoingRow(
            "a forwarded message with buttons is said anew at once",
            .part(T.part(.text(.init(text: "a")), keyboard: .init(style: .remove), forward: source)),
            [T.call("sendMessage", #"{"chat_id":7101234567,"text":"a","reply_markup":{"remove_keyboard":true}}"#)],
            "sent 52"),
        OutgoingRow(
            "a forward that is not of Telegram is said anew at once",
            .part(T.part(.text(.init(text: "a")), forward: .init(chat: "7109", externalID: "callback-1"))),
            [T.call("sendMessage", plain)], "sent 52"),
        OutgoingRow(
            "a forward whose end nobody knows is not said again",
            .part(T.part(.text(.init(text: "a")), forward: source)),
            [T.call("forwardMessage", forward, .html(502))], "ambiguous provider_error"),
    ]

    @Test("another is taken, where it certainly did not take the first", arguments: rows)
    func way(_ row: OutgoingRow) async { await T.check(row) }

    // MARK: albums

    static func picture(_ file: Int64, _ kind: MediaKind = .image, caption: String? = nil, replyTo: String? = nil)
        -> OutgoingPart
    {
        T.media(kind, file: file, caption: caption, replyTo: replyTo, group: "g")
    }

    static func file(_ id: Int64, _ name: String, _ mime: String, _ references: [String: String] = [:])
        -> StandInFiles.Stored
    {
        StandInFiles.Stored(id, name, mime, Array(name.utf8), references: references)
    }

    static func albumAnswer(_ members: String...) -> TableExchange.Answer {
        let messages = members.enumerated().map { #"{"message_id":\#(60 + $0),\#($1)}"# }
        return .json(#"{"ok":true,"result":[\#(messages.joined(separator: ","))]}"#)
    }

    static let two: [StandInFiles.Stored] = [
        file(1, "1.jpg", "image/jpeg", ["photo": "ONE"]), file(2, "2.mp4", "video/mp4", ["video": "TWO"]),
    ]
    static let pair: OutgoingRow.Given = .album([picture(1, caption: "обе"), picture(2, .video)])
    static let pairCall: String =
        #"{"chat_id":7101234567,"media":[{"type":"photo","media":"ONE","caption":"обе"},{"type":"video","media":"TWO","supports_streaming":true}]}"#
    static let first: TableExchange = T.call(
        "sendPhoto", #"{"chat_id":7101234567,"photo":"ONE","caption":"обе"}"#, T.sent(70))
    static let second: TableExchange = T.call(
        "sendVideo", #"{"chat_id":7101234567,"video":"TWO","supports_streaming":true}"#, T.sent(71))

    static let albums: [OutgoingRow] = [
        OutgoingRow(
            "a new picture and a known video",
            .album([picture(1, caption: "обе", replyTo: "51"), picture(2, .video)]),
            files: [file(1, "1.jpg", "image/jpeg"), file(2, "2.mp4", "video/mp4", ["video": "TWO"])],
            [
                T.form(
                    "sendMediaGroup",
                    [
                        .json("chat_id", T.chat),
                        .json(
                            "media",
                            #"[{"type":"photo","media":"attach://file1","caption":"обе"},{"type":"video","media":"TWO","supports_streaming":true}]"#
                        ), .json("reply_parameters", #"{"message_id":51,"allow_sending_without_reply":true}"#),
                        .file("file1", filename: "1.jpg", mime: "image/jpeg", Array("1.jpg".utf8)),
                    ], albumAnswer(MediaOutTests.photo("NEW"), #""video":{"file_id":"TWO"}"#))
            ], "sent 60", "sent 61", remembered: ["1 photo NEW"]),
        OutgoingRow(
            "documents", .album([picture(1, .document), picture(2, .document)]),
            files: [
                file(1, "1.pdf", "application/pdf", ["document": "A"]),
                file(2, "2.pdf", "application/pdf", ["document": "B"]),
            ],
            [
                T.call(
                    "sendMediaGroup",
                    #"{"chat_id":7101234567,"media":[{"type":"document","media":"A"},{"type":"document","media":"B"}]}"#,
                    albumAnswer(#""document":{}"#, #""document":{}"#))
            ], "sent 60", "sent 61"),
        OutgoingRow(
            "an answer with one message too few", pair, files: two,
            [T.call("sendMediaGroup", pairCall, albumAnswer(#""x":1"#))], "sent 60", "ambiguous provider_error"),
        OutgoingRow(
            "nobody knows", pair, files: two, [T.call("sendMediaGroup", pairCall, .drop)], "ambiguous unavailable",
            "ambiguous unavailable"),
        OutgoingRow(
            "throttled", pair, files: two,
            [
                T.call(
                    "sendMediaGroup", pairCall, T.error(429, "Too Many Requests: retry after 7", #"{"retry_after":7}"#))
            ],
            "throttled 7", "throttled 7"),
        OutgoingRow(
            "blocked", pair, files: two,
            [T.call("sendMediaGroup", pairCall, T.error(403, "Forbidden: bot was blocked by the user"))],
            "blocked customer_blocked", "blocked customer_blocked"),
        OutgoingRow(
            "the second failed when the first may stand there already", pair, files: two,
            [
                T.call(
                    "sendMediaGroup", pairCall,
                    T.error(
                        400, #"Bad Request: failed to send message #2 with the error message \"IMAGE_PROCESS_FAILED\""#)
                )
            ], "ambiguous provider_error", "refused invalid_file"),
        OutgoingRow(
            "the first failed", pair, files: two,
            [
                T.call(
                    "sendMediaGroup", pairCall,
                    T.error(400, #"Bad Request: failed to send message #1 with the error message \"FLOOD\""#))
            ], "refused provider_error", "notTaken provider_error"),
        OutgoingRow(
            "an id that no longer serves", .album([picture(1), picture(3)]),
            files: [
                file(1, "1.jpg", "image/jpeg", ["photo": "ONE"]), file(3, "3.jpg", "image/jpeg", ["photo": "THREE"]),
            ],
            [
                T.call(
                    "sendMediaGroup",
                    #"{"chat_id":7101234567,"media":[{"type":"photo","media":"ONE"},{"type":"photo","media":"THREE"}]}"#,
                    T.error(400, "Bad Request: wrong file identifier/HTTP URL specified")),
                T.form(
                    "sendMediaGroup",
                    [
                        .json("chat_id", T.chat),
                        .json(
                            "media",
                            #"[{"type":"photo","media":"attach://file1"},{"type":"photo","media":"attach://file2"}]"#),
                        .file("file1", filename: "1.jpg", mime: "image/jpeg", Array("1.jpg".utf8)),
                        .file("file2", filename: "3.jpg", mime: "image/jpeg", Array("3.jpg".utf8)),
                    ], albumAnswer(MediaOutTests.photo("N1"), MediaOutTests.photo("N3"))),
            ], "sent 60", "sent 61", remembered: ["1 photo N1", "3 photo N3"]),
        OutgoingRow(
            "refused as an album, sent one by one", pair, files: two,
            [T.call("sendMediaGroup", pairCall, T.error(400, "Bad Request: can't do that")), first, second], "sent 70",
            "sent 71"),
        OutgoingRow(
            "too large together, sent one by one", pair, files: two,
            [T.call("sendMediaGroup", pairCall, .html(413)), first, second], "sent 70", "sent 71"),
        OutgoingRow(
            "one by one, none overtakes one that must wait", pair, files: two,
            [
                T.call("sendMediaGroup", pairCall, T.error(400, "Bad Request: can't do that")),
                T.call(
                    "sendPhoto", #"{"chat_id":7101234567,"photo":"ONE","caption":"обе"}"#,
                    T.error(429, "Too Many Requests: retry after 3", #"{"retry_after":3}"#)),
            ], "throttled 3", "throttled 3"),
        OutgoingRow(
            "of one file that is missing the other does not suffer", pair, files: [two[1]], [second],
            "refused file_not_found", "sent 71"),
        OutgoingRow(
            "a picture that goes as a document goes by itself", pair,
            files: [
                StandInFiles.Stored(
                    1, "1.jpg", "image/jpeg", [1], width: 9000, height: 9000, references: ["document": "D"]), two[1],
            ], [T.call("sendDocument", #"{"chat_id":7101234567,"document":"D","caption":"обе"}"#, T.sent(70)), second],
            "sent 70", "sent 71"),
    ]

    @Test("an album comes to what its answer says", arguments: albums)
    func album(_ row: OutgoingRow) async { await T.check(row) }

    @Test("which parts make an album")
    func together() {
        let a = Self.picture(1)
        let b = Self.picture(2, .video)
        var other = b
        other.chat = "5"
        var ungrouped = b
        ungrouped.group = nil
        var withButtons = b
        withButtons.keyboard = .init(style: .remove)
        #expect(TelegramAlbum.mayStandTogether([a, b]))
        #expect(TelegramAlbum.mayStandTogether([Self.picture(1, .audio), Self.picture(2, .audio)]))
        #expect(TelegramAlbum.mayStandTogether(Array(repeating: a, count: 10)))
        #expect(!TelegramAlbum.mayStandTogether(Array(repeating: a, count: 11)))
        #expect(!TelegramAlbum.mayStandTogether([a]) && !TelegramAlbum.mayStandTogether([]))
        #expect(!TelegramAlbum.mayStandTogether([a, Self.picture(2, .document)]))
        #expect(!TelegramAlbum.mayStandTogether([Self.picture(1, .document), Self.picture(2, .audio)]))
        #expect(!TelegramAlbum.mayStandTogether([Self.picture(1, .voice), Self.picture(2, .voice)]))
        #expect(!TelegramAlbum.mayStandTogether([a, other]) && !TelegramAlbum.mayStandTogether([a, ungrouped]))
        #expect(!TelegramAlbum.mayStandTogether([a, withButtons]))
        #expect(!TelegramAlbum.mayStandTogether([a, Self.picture(2, replyTo: "5")]))
    }
}
