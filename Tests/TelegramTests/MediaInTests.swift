import Domain
import TestSupport
import Testing

@testable import Telegram

@Suite("What customers send beside texts")
struct MediaInTests {
    typealias T = TelegramTable

    static func row(
        _ label: String, _ members: String, _ message: IncomingMessage, profile: CustomerProfile = Samples.profile
    ) -> IncomingRow {
        IncomingRow(label, Samples.message(members), .item(item(.message(message), profile: profile)))
    }

    static func item(
        _ event: Inbound.Event, key: String = "700000123/1790000000", profile: CustomerProfile? = Samples.profile,
        at: Timestamp? = Samples.at
    ) -> Inbound { Inbound(key: key, chat: T.chat, profile: profile, providerAt: at, event: event) }

    /// A message of a file, which says of it what the file says.
    static func media(
        _ kind: MediaKind, _ file: IncomingFile, caption: String? = nil, width: Int? = nil, height: Int? = nil,
        duration: Int? = nil, group: String? = nil
    ) -> IncomingMessage {
        var media = MediaContent(file: .unassigned)
        media.name = file.name
        media.mime = file.mime
        media.size = file.size
        media.caption = caption
        media.width = width
        media.height = height
        media.duration = duration
        return IncomingMessage(externalID: "51", content: .media(kind, media), group: group, file: file)
    }

    static func file(
        _ source: String, _ key: String? = nil, name: String? = nil, mime: String? = nil, size: Int64? = nil
    ) -> IncomingFile { IncomingFile(source: source, uniqueKey: key, name: name, mime: mime, size: size) }

    static let photo: String =
        #""photo":[{"file_id":"s","file_unique_id":"us","width":90,"height":67,"file_size":1200},"#
        + #"{"file_id":"L","file_unique_id":"uL","width":1280,"height":960,"file_size":181000},"#
        + #"{"file_id":"m","file_unique_id":"um","width":320,"height":240,"file_size":20000}]"#
    static let photoFile: IncomingFile = file("L", "uL", mime: "image/jpeg", size: 181_000)

    static let files: [IncomingRow] = [
        row(
            "the largest of a picture's sizes, with a caption", photo + #","caption":"Вот 👩‍👩‍👧 مرحبا 😀""#,
            media(.image, photoFile, caption: "Вот 👩‍👩‍👧 مرحبا 😀", width: 1280, height: 960)),
        row("a picture without measures", #""photo":[{"file_id":"A"}]"#, media(.image, file("A", mime: "image/jpeg"))),
        row(
            "a caption with links behind words",
            photo
                + #","caption":"😀 тут и e.org","caption_entities":[{"type":"text_link","offset":3,"length":3,"url":"https://e.org/a"},"#
                + #"{"type":"url","offset":9,"length":5},{"type":"bold","offset":0,"length":2}]"#,
            media(.image, photoFile, caption: "😀 тут (https://e.org/a) и e.org", width: 1280, height: 960)),
        row(
            "a piece of an album", photo + #","media_group_id":"13579""#,
            media(.image, photoFile, width: 1280, height: 960, group: "13579")),
        row(
            "a video",
            #""video":{"file_id":"V","file_unique_id":"uV","width":640,"height":480,"duration":12,"file_name":"день рождения.mp4","mime_type":"video/mp4","file_size":5000000}"#,
            media(
                .video, file("V", "uV", name: "день рождения.mp4", mime: "video/mp4", size: 5_000_000), width: 640,
                height: 480, duration: 12)),
        row(
            "a round video",
            #""video_note":{"file_id":"N","file_unique_id":"uN","length":240,"duration":5,"file_size":9000}"#,
            media(.video, file("N", "uN", mime: "video/mp4", size: 9000), width: 240, height: 240, duration: 5)),
        row(
            "an animation, which is a document as well",
            #""document":{"file_id":"A","mime_type":"video/mp4"},"animation":{"file_id":"A","file_unique_id":"uA","width":300,"height":200,"duration":2,"mime_type":"video/mp4","file_size":70000}"#,
            media(.animation, file("A", "uA", mime: "video/mp4", size: 70_000), width: 300, height: 200, duration: 2)),
        row(
            "a piece of music",
            #""audio":{"file_id":"M","file_unique_id":"uM","duration":180,"performer":"X","title":"Y","file_name":"y.mp3","mime_type":"audio/mpeg","file_size":3000000}"#,
            media(.audio, file("M", "uM", name: "y.mp3", mime: "audio/mpeg", size: 3_000_000), duration: 180)),
        row(
            "a voice message",
            #""voice":{"file_id":"O","file_unique_id":"uO","duration":3,"file_size":9000},"caption":"слушай""#,
            media(.voice, file("O", "uO", mime: "audio/ogg", size: 9000), caption: "слушай", duration: 3)),
        row(
            "a document",
            #""document":{"file_id":"D","file_unique_id":"uD","file_name":"../../счёт 😀.pdf","mime_type":"application/pdf","file_size":20971520}"#,
            media(.document, file("D", "uD", name: "../../счёт 😀.pdf", mime: "application/pdf", size: 20_971_520))),
        row(
            "a document of which nothing is said", #""document":{"file_id":"D"}"#, media(.document, file("D"))),
        row(
            "a document with senseless members",
            #""document":{"file_id":"D","file_unique_id":7,"file_name":[],"mime_type":"","file_size":-5}"#,
            media(.document, file("D"))),
        row(
            "a sticker",
            #""sticker":{"file_id":"S","file_unique_id":"uS","type":"regular","width":512,"height":512,"is_animated":false,"is_video":false,"emoji":"😀","file_size":30000}"#,
            media(.sticker, file("S", "uS", mime: "image/webp", size: 30_000), width: 512, height: 512)),
        row(
            "an animated sticker",
            #""sticker":{"file_id":"S","type":"regular","width":512,"height":512,"is_animated":true,"is_video":false}"#,
            media(.sticker, file("S", mime: "application/x-tgsticker"), width: 512, height: 512)),
        row(
            "a video sticker",
            #""sticker":{"file_id":"S","type":"regular","width":512,"height":512,"is_animated":false,"is_video":true}"#,
            media(.sticker, file("S", mime: "video/webm"), width: 512, height: 512)),
        row(
            "a forwarded picture",
            photo + #","forward_origin":{"type":"hidden_user","date":1700000000,"sender_user_name":"Кто-то"}"#,
            {
                var message = media(.image, photoFile, width: 1280, height: 960)
                message.forwardedFrom = .init(name: "Кто-то", externalID: nil, at: Timestamp(seconds: 1_700_000_000))
                return message
            }()),
    ]

    @Test("a file is announced with what is known of it", arguments: files)
    func file(_ row: IncomingRow) async { await T.check(row) }

    static let tooLarge: [Row<Int64, Bool>] = [
        Row("20 MiB", 20_971_520, false), Row("a byte more", 20_971_521, true), Row("more than there is", .max, true),
    ]

    @Test("what is over Telegram's limit for bots is shown with its size, and why it is not there", arguments: tooLarge)
    func size(_ row: Row<Int64, Bool>) throws {
        let json = Samples.message(#""document":{"file_id":"D","file_name":"film.mkv","file_size":\#(row.given)}"#)
        guard case .item(let inbound) = Samples.read(json), case .message(let message) = inbound.event else {
            Issue.record("no message")
            return
        }
        let file = try #require(message.file)
        #expect(file.size == row.given && file.name == "film.mkv")
        #expect((file.refusal?.code == "too_large") == row.expected)
    }

    static let own: CustomerProfile = .init(
        name: "Olga Смирнова", username: "olga", language: "ru", phone: "+79991234567")

    static let places: [IncomingRow] = [
        row(
            "the customer's own number",
            #""contact":{"phone_number":"79991234567","first_name":"Olga","user_id":7101234567},"reply_to_message":{"message_id":50,"date":1,"text":"Ваш номер?"}"#,
            .init(
                externalID: "51", content: .contact(.init(name: "Olga", phone: "+79991234567", own: true)),
                replyTo: .init(externalID: "50", preview: "Ваш номер?")), profile: own),
        row(
            "the customer's own number with a plus",
            #""contact":{"phone_number":"+7 999 123-45-67","first_name":"Olga","user_id":7101234567}"#,
            .init(externalID: "51", content: .contact(.init(name: "Olga", phone: "+79991234567", own: true))),
            profile: own),
        row(
            "somebody else's number",
            #""contact":{"phone_number":"79997654321","first_name":"Пётр","last_name":"К","user_id":99}"#,
            .init(externalID: "51", content: .contact(.init(name: "Пётр К", phone: "+79997654321")))),
        row(
            "a number that is nobody's, as it was typed",
            #""contact":{"phone_number":"8 (999) 765-43-21","first_name":"Пётр"}"#,
            .init(externalID: "51", content: .contact(.init(name: "Пётр", phone: "8 (999) 765-43-21")))),
        row(
            "a short number", #""contact":{"phone_number":"112","first_name":""}"#,
            .init(externalID: "51", content: .contact(.init(name: "112", phone: "112")))),
        row(
            "a location", #""location":{"latitude":55.7558,"longitude":37.6173}"#,
            .init(externalID: "51", content: .location(.init(latitude: 55.7558, longitude: 37.6173)))),
        row(
            "a live location", #""location":{"latitude":55,"longitude":-37.5,"live_period":900,"heading":90}"#,
            .init(externalID: "51", content: .location(.init(latitude: 55, longitude: -37.5, live: true)))),
        row(
            "a venue, which is a location as well",
            #""location":{"latitude":1,"longitude":2},"venue":{"location":{"latitude":1,"longitude":2},"title":"Кафе","address":"Ленина, 1"}"#,
            .init(
                externalID: "51",
                content: .location(.init(latitude: 1, longitude: 2, title: "Кафе", address: "Ленина, 1")))),
    ]

    @Test("a contact and a place come as they are", arguments: places)
    func place(_ row: IncomingRow) async { await T.check(row) }

    static func edited(_ members: String) -> String {
        Samples.message(#""edit_date":1790000060,\#(members)"#, kind: "edited_message")
    }

    static func edit(_ message: IncomingMessage) -> IncomingRow.Result {
        .item(item(.edit(message), key: "700000123/1790000060", at: Timestamp(seconds: 1_790_000_060)))
    }

    static let edits: [IncomingRow] = [
        IncomingRow(
            "a caption", edited(photo + #","caption":"новое""#),
            edit(media(.image, photoFile, caption: "новое", width: 1280, height: 960))),
        IncomingRow(
            "another picture", edited(#""photo":[{"file_id":"B","file_unique_id":"uB","width":10,"height":10}]"#),
            edit(media(.image, file("B", "uB", mime: "image/jpeg"), width: 10, height: 10))),
        IncomingRow(
            "a live location that moves", edited(#""location":{"latitude":56,"longitude":37,"live_period":900}"#),
            edit(.init(externalID: "51", content: .location(.init(latitude: 56, longitude: 37, live: true))))),
        IncomingRow(
            "a live location that ends", edited(#""location":{"latitude":56,"longitude":37}"#),
            edit(.init(externalID: "51", content: .location(.init(latitude: 56, longitude: 37, live: false))))),
    ]

    @Test("what is edited is an edit with the time of the edit", arguments: edits)
    func edit(_ row: IncomingRow) async { await T.check(row) }

    static func reply(_ label: String, _ members: String, _ external: String, _ preview: String) -> IncomingRow {
        row(
            label, #""text":"y",\#(members)"#,
            .init(
                externalID: "51", content: .text(.init(text: "y")),
                replyTo: .init(externalID: external, preview: preview)))
    }

    static let replies: [IncomingRow] = [
        reply(
            "a reply to a message of another chat, with what was marked of it",
            #""external_reply":{"origin":{"type":"channel","date":1,"message_id":4,"chat":{"id":-1009,"title":"News","type":"channel"}},"chat":{"id":-1009,"title":"News","type":"channel"},"message_id":4,"photo":[]},"quote":{"text":"акция","position":0}"#,
            "external--1009/4", "акция"),
        reply(
            "a reply to a message of a chat that is not told",
            #""external_reply":{"origin":{"type":"user","date":1,"sender_user":{"id":9,"first_name":"Ян"}}}"#,
            "external-?/?", ""),
        reply(
            "a reply to a story", #""reply_to_story":{"id":3,"chat":{"id":-1009,"type":"channel"}}"#, "story--1009/3",
            ""),
    ]

    @Test("what is answered elsewhere is taken for none of this chat", arguments: replies)
    func reply(_ row: IncomingRow) async { await T.check(row) }

    // MARK: reactions and presses

    static func reaction(_ label: String, _ list: String, _ emojis: [String], user: String = Samples.from)
        -> IncomingRow
    {
        IncomingRow(
            label,
            Samples.update(
                #""message_reaction":{"chat":\#(Samples.chat),"message_id":52,"user":\#(user),"date":1790000000,"old_reaction":[],"new_reaction":\#(list)}"#
            ), .item(item(.reaction(externalID: "52", emojis: emojis))))
    }

    static let reactions: [IncomingRow] = [
        reaction("a thumb", #"[{"type":"emoji","emoji":"👍"}]"#, ["👍"]),
        reaction("taken back", "[]", []),
        reaction(
            "several of all kinds",
            #"[{"type":"emoji","emoji":"❤️‍🔥"},{"type":"custom_emoji","custom_emoji_id":"5368"},{"type":"paid"},{"type":"new"},7]"#,
            ["❤️‍🔥", "custom:5368", "⭐"]),
        IncomingRow(
            "of a group",
            Samples.update(
                #""message_reaction":{"chat":{"id":-5,"type":"group"},"message_id":52,"user":\#(Samples.from),"date":1,"old_reaction":[],"new_reaction":[]}"#
            ), .skipped("group")),
        IncomingRow(
            "of somebody else",
            Samples.update(
                #""message_reaction":{"chat":\#(Samples.chat),"message_id":52,"user":{"id":5,"first_name":"B"},"date":1,"old_reaction":[],"new_reaction":[]}"#
            ), .skipped("message_reaction")),
        IncomingRow(
            "without a list",
            Samples.update(
                #""message_reaction":{"chat":\#(Samples.chat),"message_id":52,"user":\#(Samples.from),"date":1}"#),
            .skipped("message_reaction")),
    ]

    @Test("a reaction is the full set as it is now", arguments: reactions)
    func reaction(_ row: IncomingRow) async { await T.check(row) }

    static func press(_ label: String, _ message: String, preview: String) -> IncomingRow {
        IncomingRow(
            label,
            Samples.update(
                #""callback_query":{"id":"305419896305419896","from":\#(Samples.from),"chat_instance":"-8","data":"q7:1","message":\#(message)}"#
            ),
            .item(
                item(
                    .message(
                        .init(
                            externalID: "callback-305419896305419896",
                            content: .callback(.init(id: "305419896305419896", data: "q7:1")),
                            replyTo: .init(externalID: "52", preview: preview), pressed: "52")),
                    key: "305419896305419896", at: nil)))
    }

    static let presses: [IncomingRow] = [
        press(
            "of a message that is there", #"{"message_id":52,"chat":\#(Samples.chat),"date":1,"text":"Да?"}"#,
            preview: "Да?"),
        press("of a message that is gone", #"{"message_id":52,"chat":\#(Samples.chat),"date":0}"#, preview: ""),
        IncomingRow(
            "of an inline result",
            Samples.update(
                #""callback_query":{"id":"1","from":\#(Samples.from),"inline_message_id":"x","chat_instance":"1","data":"a"}"#
            ),
            .skipped("inline_callback")),
    ]

    @Test("a press of a button answers the message with the button", arguments: presses)
    func press(_ row: IncomingRow) async { await T.check(row) }

    @Test(
        "a telephone number is E.164 where it certainly is one",
        arguments: [
            ("79991234567", true, "+79991234567"), ("+7 (999) 123-45-67", false, "+79991234567"),
            ("79991234567", false, "+79991234567"), ("89991234567", false, "89991234567"), ("112", true, "112"),
            ("1234567", true, "+1234567"), ("1234567", false, "1234567"), ("0049301234567", false, "0049301234567"),
            ("+", true, "+"), ("+1234567890123456", true, "+1234567890123456"), ("٧٩٩٩١٢٣٤٥٦٧", true, "٧٩٩٩١٢٣٤٥٦٧"),
        ])
    func phone(_ number: String, isInternational: Bool, expected: String) {
        #expect(TelegramPlace.phone(number, isInternational: isInternational) == expected)
    }
}
