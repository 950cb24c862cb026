import ConnectorKit
import Domain
import Testing

@testable import Telegram

@Suite("What comes from Telegram")
struct IncomingTests {
    typealias Case = Row<String, TelegramIncoming.Reading>

    static let texts: [Case] = [
        Case("a text", Samples.message(#""text":"Привет""#), Samples.text("Привет")),
        Case(
            "an emoji with joiners and text from right to left",
            Samples.message(#""text":"👩‍👩‍👧 مرحبا 🇷🇺""#), Samples.text("👩‍👩‍👧 مرحبا 🇷🇺")),
        Case("escaped surrogate pairs", Samples.message(#""text":"\ud83d\ude00""#), Samples.text("😀")),
        Case("control characters", Samples.message(#""text":"a\u0001\tb\n""#), Samples.text("a\u{1}\tb\n")),
        Case(
            "every kind of entity that has a word",
            Samples.message(
                #""text":"biusxcpl@m.","entities":["#
                    + #"{"type":"bold","offset":0,"length":1},{"type":"italic","offset":1,"length":1},"#
                    + #"{"type":"underline","offset":2,"length":1},{"type":"strikethrough","offset":3,"length":1},"#
                    + #"{"type":"spoiler","offset":4,"length":1},{"type":"code","offset":5,"length":1},"#
                    + #"{"type":"pre","offset":6,"length":1,"language":"swift"},"#
                    + #"{"type":"text_link","offset":7,"length":1,"url":"https://e.org/"},"#
                    + #"{"type":"mention","offset":8,"length":2},{"type":"hashtag","offset":10,"length":1}]"#),
            Samples.text(
                "biusxcpl@m.",
                [
                    .init(kind: .bold, offset: 0, length: 1), .init(kind: .italic, offset: 1, length: 1),
                    .init(kind: .underline, offset: 2, length: 1), .init(kind: .strike, offset: 3, length: 1),
                    .init(kind: .code, offset: 5, length: 1), .init(kind: .pre, offset: 6, length: 1),
                    .init(kind: .link, offset: 7, length: 1, url: "https://e.org/"),
                    .init(kind: .mention, offset: 8, length: 2),
                ])),
        Case(
            "what Telegram finds in a text by itself",
            Samples.message(
                #""text":"e.org http://e.org a@e.org +7 (912) 1","entities":["#
                    + #"{"type":"url","offset":0,"length":5},{"type":"url","offset":6,"length":12},"#
                    + #"{"type":"email","offset":19,"length":7},{"type":"phone_number","offset":27,"length":10}]"#),
            Samples.text(
                "e.org http://e.org a@e.org +7 (912) 1",
                [
                    .init(kind: .link, offset: 0, length: 5, url: "http://e.org"),
                    .init(kind: .link, offset: 6, length: 12, url: "http://e.org"),
                    .init(kind: .link, offset: 19, length: 7, url: "mailto:a@e.org"),
                    .init(kind: .link, offset: 27, length: 10, url: "tel:+79121"),
                ])),
        Case(
            "offsets in UTF-16 units after a character of four bytes",
            Samples.message(#""text":"😀ёж","entities":[{"type":"bold","offset":2,"length":2}]"#),
            Samples.text("😀ёж", [.init(kind: .bold, offset: 2, length: 2)])),
        Case(
            "entities that do not lie in the text",
            Samples.message(
                #""text":"😀a","entities":[{"type":"bold","offset":1,"length":1},{"type":"bold","offset":2,"length":9},"#
                    + #"{"type":"bold","offset":-1,"length":2},{"type":"bold","offset":0,"length":0},"#
                    + #"{"type":"bold","offset":9223372036854775807,"length":9223372036854775807},"#
                    + #"{"type":"bold"},7,null,{"type":"text_link","offset":2,"length":1}]"#),
            Samples.text("😀a")),
        Case(
            "entities of another type than an array", Samples.message(#""text":"a","entities":"no""#), Samples.text("a")
        ),
        Case("unknown members", Samples.message(#""text":"a","new_thing":{"x":[1,2]}"#), Samples.text("a")),
    ]

    @Test("a customer's text is a message with its entities", arguments: texts)
    func text(_ row: Case) { #expect(Samples.read(row.given) == row.expected) }

    @Test("links that would not fit into an agent's frame are left out, and the text stays")
    func manyLinks() {
        let url = "https://e.org/" + String(repeating: "a", count: 1986)
        let link = #"{"type":"text_link","offset":0,"length":1,"url":"\#(url)"}"#
        let links = Array(repeating: link, count: 100).joined(separator: ",")
        let reading = Samples.read(Samples.message(#""text":"a","entities":[\#(links)]"#))
        let kept = TextEntity(kind: .link, offset: 0, length: 1, url: url)
        #expect(reading == Samples.text("a", Array(repeating: kept, count: TelegramLimits.linkBytes / 2000)))
    }

    static let context: [Row<String, IncomingMessage>] = [
        Row(
            "a reply",
            #""text":"yes","reply_to_message":{"message_id":50,"chat":{"id":1,"type":"private"},"date":1,"text":"Ready?"}"#,
            .init(
                externalID: "51", content: .text(.init(text: "yes")),
                replyTo: .init(externalID: "50", preview: "Ready?"))),
        Row(
            "a reply to a picture",
            #""text":"y","reply_to_message":{"message_id":50,"date":1,"photo":[],"caption":"Вот"}"#,
            .init(externalID: "51", content: .text(.init(text: "y")), replyTo: .init(externalID: "50", preview: "Вот"))),
        Row(
            "a reply to a marked piece",
            #""text":"y","reply_to_message":{"message_id":50,"date":1,"text":"long"},"quote":{"text":"lo","position":0}"#,
            .init(externalID: "51", content: .text(.init(text: "y")), replyTo: .init(externalID: "50", preview: "lo"))),
        Row(
            "a message forwarded from a person",
            #""text":"f","forward_origin":{"type":"user","date":1700000000,"sender_user":{"id":9,"first_name":"Ян","last_name":"К"}}"#,
            .init(
                externalID: "51", content: .text(.init(text: "f")),
                forwardedFrom: .init(name: "Ян К", externalID: "9", at: Timestamp(seconds: 1_700_000_000)))),
        Row(
            "a message forwarded from a hidden person",
            #""text":"f","forward_origin":{"type":"hidden_user","date":1700000000,"sender_user_name":"Кто-то"}"#,
            .init(
                externalID: "51", content: .text(.init(text: "f")),
                forwardedFrom: .init(name: "Кто-то", externalID: nil, at: Timestamp(seconds: 1_700_000_000)))),
        Row(
            "a message forwarded from a channel",
            #""text":"f","forward_origin":{"type":"channel","date":1,"message_id":4,"chat":{"id":-1001234567890,"title":"News","type":"channel"}}"#,
            .init(
                externalID: "51", content: .text(.init(text: "f")),
                forwardedFrom: .init(name: "News", externalID: "-1001234567890", at: Timestamp(seconds: 1)))),
        Row(
            "a forwarded message as older servers tell of it",
            #""text":"f","forward_from":{"id":9,"first_name":"Ян"},"forward_date":1700000000"#,
            .init(
                externalID: "51", content: .text(.init(text: "f")),
                forwardedFrom: .init(name: "Ян", externalID: "9", at: Timestamp(seconds: 1_700_000_000)))),
        Row(
            "a piece of an album", #""text":"a","media_group_id":"13579""#,
            .init(externalID: "51", content: .text(.init(text: "a")), group: "13579")),
        Row(
            "a start by a deep link",
            #""text":"/start promo_7-A","entities":[{"type":"bot_command","offset":0,"length":6}]"#,
            .init(externalID: "51", content: .text(.init(text: "/start promo_7-A")), startPayload: "promo_7-A")),
        Row("a plain start", #""text":"/start""#, .init(externalID: "51", content: .text(.init(text: "/start")))),
        Row(
            "a start that was typed", #""text":"/start me up""#,
            .init(externalID: "51", content: .text(.init(text: "/start me up")))),
        Row(
            "another command", #""text":"/starting x""#,
            .init(externalID: "51", content: .text(.init(text: "/starting x")))),
    ]

    @Test("what surrounds a text comes along", arguments: context)
    func surroundings(_ row: Row<String, IncomingMessage>) {
        #expect(Samples.read(Samples.message(row.given)) == Samples.item(.message(row.expected)))
    }

    @Test("an edited text is an edit with the time of the edit")
    func edit() {
        let json = Samples.message(#""edit_date":1790000060,"text":"new""#, kind: "edited_message")
        #expect(
            Samples.read(json)
                == Samples.item(
                    .edit(Samples.incoming(.text(.init(text: "new")))), key: "700000123/1790000060",
                    at: Timestamp(seconds: 1_790_000_060)))
    }

    static let others: [Case] = [
        Case("blocked", member("kicked"), Samples.item(.blocked(true))),
        Case("unblocked", member("member"), Samples.item(.blocked(false))),
        Case("another status", member("restricted"), .skipped("my_chat_member")),
        Case(
            "added to a group",
            Samples.update(
                #""my_chat_member":{"chat":{"id":-5,"type":"group"},"from":\#(Samples.from),"date":1,"new_chat_member":{"status":"member"}}"#
            ),
            .skipped("group")),
        Case(
            "a group", Samples.update(#""message":{"message_id":1,"chat":{"id":-5,"type":"group"},"text":"a"}"#),
            .skipped("group")),
        Case(
            "a supergroup",
            Samples.update(#""message":{"message_id":1,"chat":{"id":-1005,"type":"supergroup"},"text":"a"}"#),
            .skipped("supergroup")),
        Case(
            "a channel's post",
            Samples.update(#""channel_post":{"message_id":1,"chat":{"id":-1005,"type":"channel"},"text":"a"}"#),
            .skipped("channel")),
        Case(
            "a chat of an unknown type",
            Samples.update(#""message":{"message_id":1,"chat":{"id":5,"type":"cave"},"text":"a"}"#),
            .skipped("other_chat")),
        Case("a poll", Samples.update(#""poll":{"id":"1"}"#), .skipped("poll")),
        Case("an unknown kind", Samples.update(#""from_the_future":{"x":1}"#), .skipped("unknown_update")),
        Case("nothing but an id", #"{"update_id":5}"#, .skipped("unreadable")),
        Case("no object", "17", .skipped("unreadable")),
        Case(
            "a message without a chat", Samples.update(#""message":{"message_id":1,"text":"a"}"#),
            .skipped("unreadable")),
        Case("a message that is a word", Samples.update(#""message":"hi""#), .skipped("unreadable")),
    ]

    static func member(_ status: String) -> String {
        Samples.update(
            #""my_chat_member":{"chat":\#(Samples.chat),"from":\#(Samples.from),"date":1790000000,"#
                + #""old_chat_member":{"status":"member"},"new_chat_member":{"user":{"id":5},"status":"\#(status)","until_date":0}}"#
        )
    }

    @Test("every other update is served or counted", arguments: others)
    func other(_ row: Case) { #expect(Samples.read(row.given) == row.expected) }
}
