import ConnectorKit
import Domain
import TestSupport

@testable import Viber

enum OutgoingRows {
    static let publicURL = "https://gw.example.org"

    static func link(_ id: Int, _ name: String) -> String {
        "\(publicURL)/files/support/\(id)/1790000000.signature/\(name)"
    }

    static func media(_ kind: MediaKind, _ id: Int64 = 7, caption: String? = nil, duration: Int? = nil) -> Content {
        var media = MediaContent(file: FileID(id))
        media.caption = caption
        media.duration = duration
        return .media(kind, media)
    }

    static func file(_ name: String, _ mime: String, size: Int64 = 3, width: Int? = nil, height: Int? = nil)
        -> StandInFiles.Stored
    {
        StandInFiles.Stored(
            OutgoingFile(id: FileID(7), name: name, mime: mime, size: size, width: width, height: height), [])
    }

    static func sends(
        _ label: String, _ content: Content, keyboard: Keyboard? = nil, file: StandInFiles.Stored? = nil,
        _ members: String
    ) -> OutgoingRow {
        OutgoingRow(
            label, .part(Bot.part(content, keyboard: keyboard)), files: file.map { [$0] } ?? [], publicURL: publicURL,
            [Bot.send(members)], "sent 5741311803571730041")
    }

    static func refuses(
        _ label: String, _ content: Content, keyboard: Keyboard? = nil, file: StandInFiles.Stored? = nil,
        _ expected: String
    ) -> OutgoingRow {
        OutgoingRow(
            label, .part(Bot.part(content, keyboard: keyboard)), files: file.map { [$0] } ?? [], publicURL: publicURL,
            [], expected)
    }

    static func text(_ text: String) -> Content { .text(TextContent(text: text)) }

    // MARK: kinds

    static let kinds: [OutgoingRow] = [
        sends("a text", text("Ваш заказ в пути 🚚"), #""type":"text","text":"Ваш заказ в пути 🚚""#),
        sends("emoji with joiners", text("👩‍👩‍👧‍👦"), #""type":"text","text":"👩‍👩‍👧‍👦""#),
        sends("right to left", text("שלום أين"), #""type":"text","text":"שלום أين""#),
        sends("what JSON escapes", text("a\"b\\c\n\u{1}"), #""type":"text","text":"a\"b\\c\n\u0001""#),
        sends(
            "the longest text", text(String(repeating: "я", count: 7000)),
            #""type":"text","text":"\#(String(repeating: "я", count: 7000))""#),
        refuses("a longer one", text(String(repeating: "я", count: 7001)), "refused too_long"),
        refuses("an empty one", text(""), "refused too_long"),
        sends(
            "an address behind words is written after them",
            .text(
                TextContent(
                    text: "Ваш заказ тут, смотрите",
                    entities: [
                        .init(kind: .bold, offset: 0, length: 3),
                        .init(kind: .link, offset: 10, length: 3, url: "https://shop.example/17"),
                    ])),
            #""type":"text","text":"Ваш заказ тут (https://shop.example/17), смотрите""#),
        sends(
            "a text that is marked as a link as a whole",
            .text(
                TextContent(
                    text: "https://shop.example/17",
                    entities: [.init(kind: .link, offset: 0, length: 23, url: "https://shop.example/17")])),
            #""type":"url","media":"https://shop.example/17""#),
        sends(
            "a picture", media(.image, caption: "Вот"), file: file("p.jpg", "image/jpeg", size: 48211),
            #""type":"picture","text":"Вот","media":"\#(link(7, "p.jpg"))""#),
        sends(
            "a small picture is its own thumbnail", media(.image),
            file: file("p.PNG", "image/png", size: 100, width: 400, height: 300),
            #""type":"picture","text":"","media":"\#(link(7, "p.png"))","thumbnail":"\#(link(7, "p.png"))""#),
        sends(
            "a small GIF is no thumbnail", media(.image),
            file: file("p.gif", "image/gif", size: 100, width: 40, height: 30),
            #""type":"picture","text":"","media":"\#(link(7, "p.gif"))""#),
        sends(
            "a picture under a name of another kind", media(.image, caption: "Вот"),
            file: file("фото.1.jfif", "image/jpeg"),
            #""type":"picture","text":"Вот","media":"\#(link(7, "фото.1.jpg"))""#),
        sends(
            "a picture that lies about its type", media(.image), file: file("p.jpg", "image/png"),
            #""type":"picture","text":"","media":"\#(link(7, "p.png"))""#),
        sends(
            "a picture of more than 1 MB goes as a file", media(.image),
            file: file("p.jpg", "image/jpeg", size: 1_048_577),
            #""type":"file","media":"\#(link(7, "p.jpg"))","size":1048577,"file_name":"p.jpg""#),
        sends(
            "a picture that is no JPEG, PNG or GIF goes as a file", media(.image), file: file("p.webp", "image/webp"),
            #""type":"file","media":"\#(link(7, "p.webp"))","size":3,"file_name":"p.webp""#),
        refuses(
            "a caption that is too long", media(.image, caption: String(repeating: "я", count: 513)),
            file: file("p.jpg", "image/jpeg"), "refused too_long"),
        sends(
            "a video", media(.video, duration: 14), file: file("v.mp4", "video/mp4", size: 27_262_976),
            #""type":"video","media":"\#(link(7, "v.mp4"))","size":27262976,"duration":14"#),
        sends(
            "a video of more than three minutes", media(.video, duration: 181), file: file("v.mp4", "video/mp4"),
            #""type":"video","media":"\#(link(7, "v.mp4"))","size":3"#),
        sends(
            "a video of more than 26 MB goes as a file", media(.video),
            file: file("v.mp4", "video/mp4", size: 27_262_977),
            #""type":"file","media":"\#(link(7, "v.mp4"))","size":27262977,"file_name":"v.mp4""#),
        sends(
            "a video in capitals", media(.video), file: file("V.M4V", "video/mp4"),
            #""type":"video","media":"\#(link(7, "V.mp4"))","size":3"#),
        sends(
            "a video that lies about its type goes as a file", media(.video), file: file("v.mp4", "video/webm"),
            #""type":"file","media":"\#(link(7, "v.mp4"))","size":3,"file_name":"v.mp4""#),
        sends(
            "a video of another kind goes as a file", media(.video), file: file("v.webm", "video/webm"),
            #""type":"file","media":"\#(link(7, "v.webm"))","size":3,"file_name":"v.webm""#),
        refuses(
            "a video has no caption", media(.video, caption: "x"), file: file("v.mp4", "video/mp4"),
            "refused unsupported"),
        sends(
            "an animation", media(.animation), file: file("a.mp4", "video/mp4"),
            #""type":"video","media":"\#(link(7, "a.mp4"))","size":3"#),
        sends(
            "an animated GIF", media(.animation), file: file("a.gif", "image/gif"),
            #""type":"file","media":"\#(link(7, "a.gif"))","size":3,"file_name":"a.gif""#),
        sends(
            "a document", media(.document), file: file("счёт.pdf", "application/pdf", size: 52_428_800),
            #""type":"file","media":"\#(link(7, "счёт.pdf"))","size":52428800,"file_name":"счёт.pdf""#),
        refuses(
            "a document of more than 50 MB", media(.document), file: file("d.pdf", "application/pdf", size: 52_428_801),
            "refused too_large"),
        refuses(
            "a program", media(.document), file: file("setup.EXE", "application/octet-stream"), "refused unsupported"),
        sends(
            "audio goes as a file", media(.audio), file: file("a.mp3", "audio/mpeg"),
            #""type":"file","media":"\#(link(7, "a.mp3"))","size":3,"file_name":"a.mp3""#),
        sends(
            "a voice message goes as a file", media(.voice), file: file("v.ogg", "audio/ogg"),
            #""type":"file","media":"\#(link(7, "v.ogg"))","size":3,"file_name":"v.ogg""#),
        sends(
            "a sticker of Viber's own", media(.sticker), file: file("viber-sticker-40133.png", "image/png"),
            #""type":"sticker","sticker_id":40133"#),
        sends(
            "another sticker goes as a picture", media(.sticker), file: file("cat.png", "image/png"),
            #""type":"picture","text":"","media":"\#(link(7, "cat.png"))""#),
        sends(
            "a contact",
            .contact(ContactContent(name: "Пётр Петрович Петров-Водкин младший", phone: "+7 (999) 123-45-67")),
            #""type":"contact","contact":{"name":"Пётр Петрович Петров-Водкин ","phone_number":"+79991234567"}"#),
        refuses(
            "a contact without a number", .contact(ContactContent(name: "x", phone: "—")), "refused unsupported"),
        sends(
            "a location", .location(LocationContent(latitude: 55.7522, longitude: 37.6156, title: "Кремль")),
            #""type":"location","location":{"lat":55.7522,"lon":37.6156}"#),
        refuses(
            "a template", .template(TemplateContent(name: "x", language: "ru", params: [])), "refused unsupported"),
        refuses("a file that the account has not", media(.document), "refused not_found"),
        OutgoingRow(
            "a file without a public_url", .part(Bot.part(media(.document))), files: [file("d.pdf", "application/pdf")],
            [], "accountRefused unsupported"),
    ]

    // MARK: keyboards

    static let press = "cb:1042:\(Bot.signature.seal("press", [Bot.chat, "1042", "order:17"])):order:17"

    static func button(_ members: String) -> String {
        #"{\#(members),"Rows":1,"TextSize":"regular"}"#
    }

    static func keyboard(_ buttons: String...) -> String {
        #""keyboard":{"Type":"keyboard","DefaultHeight":false,"Buttons":[\#(buttons.joined(separator: ","))]}"#
    }

    static func row(_ buttons: Keyboard.Button..., style: Keyboard.Style = .reply) -> Keyboard {
        Keyboard(style: style, rows: [buttons])
    }

    static let order = Keyboard.Button(text: "Заказ <17>", kind: .callback, data: "order:17")
    static let yes = Keyboard.Button(text: "Да", kind: .text, color: .positive)
    static let shop = Keyboard.Button(text: "Открыть", kind: .url, url: "https://shop.example/17")
    static let phone = Keyboard.Button(text: "Телефон", kind: .phone)
    static let place = Keyboard.Button(text: "Где я", kind: .location)

    static func yesJSON(_ columns: Int) -> String {
        button(##""Columns":\##(columns),"ActionType":"reply","ActionBody":"Да","Text":"Да","BgColor":"#C8E6C9""##)
    }

    static let shopJSON = button(
        #""Columns":2,"ActionType":"open-url","ActionBody":"https://shop.example/17","Text":"Открыть""#)
    static let phoneJSON = button(
        #""Columns":6,"ActionType":"share-phone","ActionBody":"Телефон","Text":"Телефон""#)
    static let placeJSON = button(
        #""Columns":6,"ActionType":"location-picker","ActionBody":"Где я","Text":"Где я""#)

    static func orderJSON(_ columns: Int) -> String {
        button(
            #""Columns":\#(columns),"ActionType":"reply","ActionBody":"\#(press)","Text":"Заказ &lt;17&gt;","Silent":true"#
        )
    }

    static let keyboards: [OutgoingRow] = [
        sends(
            "buttons of three kinds", text("?"), keyboard: row(yes, order, shop),
            #""type":"text","text":"?",\#(keyboard(yesJSON(2), orderJSON(2), shopJSON))"#
        ),
        sends(
            "the phone is asked for", text("?"), keyboard: row(phone),
            #""type":"text","text":"?","min_api_version":3,"tracking_data":"\#(IncomingRows.asked)",\#(keyboard(phoneJSON))"#
        ),
        sends(
            "the place is asked for", text("?"), keyboard: row(place),
            #""type":"text","text":"?","min_api_version":3,\#(keyboard(placeJSON))"#),
        sends(
            "a keyboard with a picture", media(.image), keyboard: row(yes), file: file("p.jpg", "image/jpeg"),
            #""type":"picture","text":"","media":"\#(link(7, "p.jpg"))",\#(keyboard(yesJSON(6)))"#),
        sends(
            "taking a keyboard away is no such thing", text("?"), keyboard: Keyboard(style: .remove),
            #""type":"text","text":"?""#),
        sends(
            "buttons in the feed", text("Выберите:\nскорее"), keyboard: row(order, style: .inline),
            ##""type":"rich_media","alt_text":"Выберите:\nскорее","min_api_version":7,"rich_media":{"Type":"rich_media","ButtonsGroupColumns":6,"ButtonsGroupRows":3,"BgColor":"#FFFFFF","Buttons":[{"Columns":6,"Rows":2,"ActionType":"none","ActionBody":"none","Text":"Выберите:<br>скорее","TextSize":"regular","TextHAlign":"left"},\##(orderJSON(6))]}"##
        ),
        sends(
            "buttons in the feed under a text that no card holds", text(String(repeating: "я", count: 251)),
            keyboard: row(order, style: .inline),
            #""type":"text","text":"\#(String(repeating: "я", count: 251))",\#(keyboard(orderJSON(6)))"#),
        sends(
            "buttons in the feed under a picture", media(.image), keyboard: row(order, style: .inline),
            file: file("p.jpg", "image/jpeg"),
            #""type":"picture","text":"","media":"\#(link(7, "p.jpg"))",\#(keyboard(orderJSON(6)))"#),
        refuses(
            "thirteen rows", text("?"), keyboard: Keyboard(style: .reply, rows: Array(repeating: [yes], count: 13)),
            "refused unsupported"),
        refuses(
            "a button's text of 251 characters", text("?"),
            keyboard: row(.init(text: String(repeating: "я", count: 251), kind: .text)), "refused too_long"),
        refuses(
            "a button's text that is too long with its escapes", text("?"),
            keyboard: row(.init(text: String(repeating: "&", count: 51), kind: .text)), "refused too_long"),
        refuses(
            "a link button of another scheme", text("?"), keyboard: row(.init(text: "x", kind: .url, url: "tel:+7999")),
            "refused unsupported"),
        refuses(
            "a message that is too long with its buttons", text(String(repeating: "я", count: 7000)),
            keyboard: Keyboard(
                style: .reply,
                rows: Array(
                    repeating: Array(repeating: .init(text: String(repeating: "я", count: 249), kind: .text), count: 2),
                    count: 12)), "refused too_long"),
        OutgoingRow(
            "a message after the one that asked for the phone still says so, until there is another keyboard",
            .all([
                .part(Bot.part(text("?"), keyboard: row(phone))), Bot.text("ещё"),
                .part(Bot.part(text("!"), keyboard: row(place))),
                Bot.text("всё"),
            ]),
            [
                Bot.send(
                    #""type":"text","text":"?","min_api_version":3,"tracking_data":"\#(IncomingRows.asked)",\#(keyboard(phoneJSON))"#
                ),
                Bot.send(#""type":"text","text":"ещё","tracking_data":"\#(IncomingRows.asked)""#),
                Bot.send(
                    #""type":"text","text":"!","min_api_version":3,\#(keyboard(placeJSON))"#),
                Bot.send(#""type":"text","text":"всё""#),
            ], "sent 5741311803571730041", "sent 5741311803571730041", "sent 5741311803571730041",
            "sent 5741311803571730041"),
    ]
}
