import ConnectorKit
import Domain
import TestSupport
import Testing

@testable import Telegram

@Suite("Files that go to Telegram")
struct MediaOutTests {
    typealias T = TelegramTable

    static let bytes: [UInt8] = Array("фото".utf8) + [0, 13, 10, 45, 45, 255]
    static let file: StandInFiles.Stored = .init(9, "фото \"1\" 50%41.jpg", "image/jpeg", bytes)

    static func stored(_ mime: String, _ name: String, _ references: [String: String] = [:]) -> StandInFiles.Stored {
        StandInFiles.Stored(9, name, mime, bytes, references: references)
    }

    /// A file of that size whose bytes are never asked for.
    static func large(_ size: Int64, width: Int? = nil, height: Int? = nil) -> StandInFiles.Stored {
        StandInFiles.Stored(
            OutgoingFile(id: FileID(9), name: "p.jpg", mime: "image/jpeg", size: size, width: width, height: height), []
        )
    }

    /// Uploaded once, under the kind's own name, and remembered by what Telegram calls it.
    static func upload(
        _ label: String, _ kind: MediaKind, _ method: String, _ name: String, _ file: StandInFiles.Stored,
        _ fields: [TableExchange.FormPart] = [], answer: String, width: Int? = nil, height: Int? = nil,
        duration: Int? = nil
    ) -> OutgoingRow {
        OutgoingRow(
            label, .part(T.media(kind, width: width, height: height, duration: duration)), files: [file],
            [
                T.form(
                    method,
                    [.json("chat_id", T.chat)] + fields + [
                        .file(name, filename: file.file.name, mime: file.file.mime, file.bytes)
                    ], T.sent(52, answer))
            ], "sent 52", remembered: ["9 \(name) ID"])
    }

    static let uploads: [OutgoingRow] = [
        OutgoingRow(
            "a picture with a caption, a reply and buttons",
            .part(
                T.media(
                    .image, caption: "Вот 👩‍👩‍👧 مرحبا 😀",
                    keyboard: OutgoingTests.inline(OutgoingTests.button(.callback)).keyboard,
                    replyTo: "51")), files: [file],
            [
                T.form(
                    "sendPhoto",
                    [
                        .json("chat_id", T.chat), .field("caption", "Вот 👩‍👩‍👧 مرحبا 😀"),
                        .json("reply_parameters", #"{"message_id":51,"allow_sending_without_reply":true}"#),
                        .json("reply_markup", #"{"inline_keyboard":[[{"text":"B","callback_data":"B"}]]}"#),
                        // Telegram decodes escapes: what only looks like one is escaped.
                        .file("photo", filename: "фото %221%22 50%2541.jpg", mime: "image/jpeg", bytes),
                    ],
                    T.sent(
                        52,
                        #""photo":[{"file_id":"small","width":90,"height":60},{"file_id":"ID","width":900,"height":600},{"file_id":"mid","width":300,"height":200}]"#
                    ))
            ], "sent 52", remembered: ["9 photo ID"]),
        upload(
            "a video", .video, "sendVideo", "video", stored("video/mp4", "v.mp4"),
            [
                .json("duration", "7"), .json("width", "640"), .json("height", "480"),
                .json("supports_streaming", "true"),
            ], answer: #""video":{"file_id":"ID"}"#, width: 640, height: 480, duration: 7),
        upload(
            "an animation, which comes back as a document as well", .animation, "sendAnimation", "animation",
            stored("video/mp4", "a.mp4"), answer: #""animation":{"file_id":"ID"},"document":{"file_id":"ID"}"#),
        upload(
            "a piece of music", .audio, "sendAudio", "audio", stored("audio/mpeg", "a.mp3"),
            [.json("duration", "180")], answer: #""audio":{"file_id":"ID"}"#, duration: 180),
        upload(
            "a voice message", .voice, "sendVoice", "voice", stored("audio/ogg", "v.ogg"), [.json("duration", "3")],
            answer: #""voice":{"file_id":"ID"}"#, duration: 3),
        upload(
            "a document", .document, "sendDocument", "document", stored("application/pdf", "счёт.pdf"),
            answer: #""document":{"file_id":"ID"}"#),
        upload(
            "a sticker", .sticker, "sendSticker", "sticker", stored("image/webp", "s.webp"),
            answer: #""sticker":{"file_id":"ID"}"#),
        OutgoingRow(
            "a silent video, which Telegram made an animation of: its id is good for no video",
            .part(T.media(.video)), files: [stored("video/mp4", "v.mp4")],
            [
                T.form(
                    "sendVideo",
                    [
                        .json("chat_id", T.chat), .json("supports_streaming", "true"),
                        .file("video", filename: "v.mp4", mime: "video/mp4", bytes),
                    ], T.sent(52, #""animation":{"file_id":"A"},"document":{"file_id":"A"}"#))
            ], "sent 52", remembered: []),
    ]

    @Test("is uploaded as exactly this form, and Telegram's id of it is kept", arguments: uploads)
    func uploaded(_ row: OutgoingRow) async { await T.check(row) }

    static func photo(_ id: String) -> String { #""photo":[{"file_id":"\#(id)","width":1,"height":1}]"# }

    static let plainForm: [TableExchange.FormPart] = [
        .json("chat_id", T.chat), .file("photo", filename: "p.jpg", mime: "image/jpeg", bytes),
    ]
    static let documentForm: [TableExchange.FormPart] = [
        .json("chat_id", T.chat), .file("document", filename: "p.jpg", mime: "image/jpeg", bytes),
    ]

    static let retries: [OutgoingRow] =
        [
            OutgoingRow(
                "a file that Telegram has goes by its id", .part(T.media(.image, caption: "a")),
                files: [stored("image/jpeg", "p.jpg", ["photo": "KNOWN"])],
                [
                    T.call(
                        "sendPhoto", #"{"chat_id":7101234567,"photo":"KNOWN","caption":"a"}"#,
                        T.sent(52, photo("KNOWN")))
                ],
                "sent 52", remembered: []),
            OutgoingRow(
                "an id of another kind does not count", .part(T.media(.image)),
                files: [stored("image/jpeg", "p.jpg", ["document": "KNOWN"])],
                [T.form("sendPhoto", plainForm, T.sent(52, photo("NEW")))], "sent 52", remembered: ["9 photo NEW"]),
            OutgoingRow(
                "a second time it goes by the id of the first", .all([.part(T.media(.image)), .part(T.media(.image))]),
                files: [stored("image/jpeg", "p.jpg")],
                [
                    T.form("sendPhoto", plainForm, T.sent(52, photo("NEW"))),
                    T.call("sendPhoto", #"{"chat_id":7101234567,"photo":"NEW"}"#, T.sent(53, photo("NEW"))),
                ], "sent 52", "sent 53", remembered: ["9 photo NEW"]),
        ]
        + [
            "Bad Request: wrong file identifier/HTTP URL specified",
            "Bad Request: wrong remote file identifier specified: Wrong padding in the string",
            "Bad Request: can't use file of type Document as Photo",
            "Bad Request: FILE_REFERENCE_EXPIRED",
        ].map { words in
            OutgoingRow(
                "an id that no longer serves: \(words)", .part(T.media(.image)),
                files: [stored("image/jpeg", "p.jpg", ["photo": "OLD"])],
                [
                    T.call("sendPhoto", #"{"chat_id":7101234567,"photo":"OLD"}"#, T.error(400, words)),
                    T.form("sendPhoto", plainForm, T.sent(52, photo("NEW"))),
                ], "sent 52", remembered: ["9 photo NEW"])
        }
        + [
            "Bad Request: PHOTO_INVALID_DIMENSIONS", "Bad Request: IMAGE_PROCESS_FAILED",
            "Bad Request: file of size 10485761 bytes is too big for a photo; the maximum size is 10485760 bytes",
        ].map { words in
            OutgoingRow(
                "no photo in Telegram's eyes: \(words)", .part(T.media(.image)), files: [stored("image/jpeg", "p.jpg")],
                [
                    T.form("sendPhoto", plainForm, T.error(400, words)),
                    T.form("sendDocument", documentForm, T.sent(52, #""document":{"file_id":"D"}"#)),
                ], "sent 52", remembered: ["9 document D"])
        } + [
            OutgoingRow(
                "a picture that is too narrow goes as a document at once", .part(T.media(.image)),
                files: [StandInFiles.Stored(9, "p.jpg", "image/jpeg", bytes, width: 2100, height: 100)],
                [T.form("sendDocument", documentForm, T.sent(52, #""document":{"file_id":"D"}"#))], "sent 52"),
            OutgoingRow(
                "a picture that is too large goes as a document at once", .part(T.media(.image)),
                files: [StandInFiles.Stored(9, "p.jpg", "image/jpeg", bytes, width: 9000, height: 1001)],
                [T.form("sendDocument", documentForm, T.sent(52, #""document":{"file_id":"D"}"#))], "sent 52"),
            OutgoingRow(
                "twice without luck", .part(T.media(.image)), files: [stored("image/jpeg", "p.jpg", ["photo": "OLD"])],
                [
                    T.call(
                        "sendPhoto", #"{"chat_id":7101234567,"photo":"OLD"}"#,
                        T.error(400, "Bad Request: wrong file identifier/HTTP URL specified")),
                    T.form(
                        "sendPhoto", plainForm, T.error(400, "Bad Request: wrong file identifier/HTTP URL specified")),
                ], "refused invalid_file", remembered: []),
        ]

    @Test("takes the way that is left", arguments: retries)
    func again(_ row: OutgoingRow) async { await T.check(row) }

    static func unready(_ state: FileState) -> StandInFiles.Stored {
        var file = Self.file
        file.state = state
        return file
    }

    static let refusals: [OutgoingRow] = [
        OutgoingRow(
            "a file that is still on its way", .part(T.media(.image)), files: [unready(.pending)], [],
            "notTaken file_unavailable"),
        OutgoingRow(
            "a file that is gone", .part(T.media(.image)), files: [unready(.expired)], [], "refused file_unavailable"),
        OutgoingRow("a file that is not there", .part(T.media(.image)), [], "refused file_not_found"),
        OutgoingRow("an empty file", .part(T.media(.document)), files: [large(0)], [], "refused invalid_file"),
        OutgoingRow(
            "a document of over 50 MB", .part(T.media(.document)), files: [large(50 << 20 + 1)], [], "refused too_large"
        ),
        OutgoingRow(
            "a caption of 1025 units", .part(T.media(.image, caption: String(repeating: "😀", count: 513))),
            files: [file], [], "refused too_long"),
        OutgoingRow(
            "a sticker with words", .part(T.media(.sticker, caption: "a")), files: [file], [], "refused unsupported"),
    ]

    @Test("is refused before anything is sent", arguments: refusals)
    func refusal(_ row: OutgoingRow) async { await T.check(row) }

    static let answers: [OutgoingRow] = [
        (T.error(413, "Request Entity Too Large"), "refused too_large"), (.html(413), "refused too_large"),
        (.html(502), "ambiguous provider_error"), (.drop, "ambiguous unavailable"),
        (
            .cut(status: 200, body: Array(#"{"ok":true,"result":{"message_id":52}}"#.utf8), after: 20),
            "ambiguous unavailable"
        ),
        (T.error(400, "Bad Request: VOICE_MESSAGES_FORBIDDEN"), "refused voice_forbidden"),
        (T.error(400, "Bad Request: user restricted receiving of voice note messages"), "refused voice_forbidden"),
        (T.error(403, "Forbidden: bot was blocked by the user"), "blocked customer_blocked"),
        (T.error(429, "Too Many Requests: retry after 60", #"{"retry_after":60}"#), "throttled 60"),
    ].map { answer, outcome in
        OutgoingRow(
            "\(outcome) after \(answer)", .part(T.media(.voice)), files: [stored("audio/ogg", "v.ogg")],
            [
                T.form(
                    "sendVoice",
                    [.json("chat_id", T.chat), .file("voice", filename: "v.ogg", mime: "audio/ogg", bytes)], answer)
            ],
            outcome)
    }

    @Test("comes to what the answer says", arguments: answers)
    func answer(_ row: OutgoingRow) async { await T.check(row) }

    @Test("which width and height make a photo")
    func dimensions() {
        #expect(TelegramMediaMethod.isPhoto(width: 9000, height: 1000))
        #expect(!TelegramMediaMethod.isPhoto(width: 9000, height: 1001))
        #expect(TelegramMediaMethod.isPhoto(width: 2000, height: 100))
        #expect(!TelegramMediaMethod.isPhoto(width: 100, height: 2001))
        #expect(TelegramMediaMethod.isPhoto(width: nil, height: 5) && TelegramMediaMethod.isPhoto(width: 0, height: 0))
    }
}
