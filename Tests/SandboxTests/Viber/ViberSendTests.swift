import JSON
import Testing

@testable import Sandbox

@Suite("Simulated Viber: what a bot sends", .timeLimit(.minutes(2)))
struct ViberSendTests {
    private static let long = String(repeating: "я", count: 7001)

    @Test(
        "what Viber takes is taken",
        arguments: [
            #""type":"text","text":"a""#,
            #""type":"text","text":"a","tracking_data":"t","min_api_version":3"#,
            #""type":"picture","text":"","media":"https://x.example/a/b.JPG""#,
            #""type":"video","media":"https://x.example/b.mp4","size":5,"duration":180"#,
            #""type":"file","media":"https://x.example/b.pdf","size":5,"file_name":"b.pdf""#,
            #""type":"contact","contact":{"name":"x","phone_number":"+79991234567"}"#,
            #""type":"location","location":{"lat":-90,"lon":180}"#, #""type":"url","media":"https://x.example""#,
            #""type":"sticker","sticker_id":40133"#,
            #""keyboard":{"Type":"keyboard","Buttons":[{"ActionBody":"a","Text":"<b>a</b> &amp; b"}]}"#,
            ##""type":"text","text":"a","keyboard":{"Type":"keyboard","Buttons":[{"ActionBody":"a","BgColor":"#FFFFFF"}]}"##,
            #""type":"text","text":"a","min_api_version":3,"keyboard":{"Type":"keyboard","Buttons":[{"ActionType":"share-phone","ActionBody":"a","Text":"a"}]}"#,
            #""type":"rich_media","min_api_version":7,"alt_text":"a","rich_media":{"Type":"rich_media","ButtonsGroupColumns":6,"ButtonsGroupRows":3,"Buttons":[{"Columns":6,"Rows":3,"ActionType":"none","ActionBody":"none","Text":"a"}]}"#,
        ])
    func taken(_ members: String) async throws {
        try await ViberFixture.with({ $0.fetchesMedia = false }) { f in
            let user = try f.subscriber()
            let answer = try await f.send(members, to: user)
            #expect(answer["status"]?.int64 == 0, "\(answer)")
            #expect((answer["message_token"]?.int64 ?? 0) > 1 << 53)
            #expect(try f.viber.sent(to: user.id).count == 1)
            #expect(f.violations.isEmpty)
        }
    }

    @Test(
        "what Viber refuses is refused, with its status, and is a violation",
        arguments: [
            (#""type":"text""#, 4), (#""text":"a""#, 4), (#""type":"text","text":"""#, 3),
            (#""type":"text","text":"\#(long)""#, 3), (#""type":"text","text":7"#, 3),
            (#""type":"text","text":"a","colour":1"#, 3), (#""type":"text","text":"a","tracking_data":{}"#, 3),
            (#""type":"text","text":"a","min_api_version":"3""#, 3),
            (#""type":"audio","media":"https://x.example/a.mp3""#, 3),
            (#""type":"picture","media":"https://x.example/a.jpg""#, 4),
            (#""type":"picture","text":"","media":"https://x.example/a""#, 3),
            (#""type":"picture","text":"","media":"https://x.example/a?b=c.jpg""#, 3),
            (#""type":"picture","text":"","media":"https://x.example/a.webp""#, 3),
            (#""type":"video","media":"https://x.example/b.mp4""#, 4),
            (#""type":"video","media":"https://x.example/b.mp4","size":27262977"#, 3),
            (#""type":"video","media":"https://x.example/b.mp4","size":5,"duration":181"#, 3),
            (#""type":"file","media":"https://x.example/b.exe","size":5,"file_name":"b.exe""#, 3),
            (#""type":"file","media":"https://x.example/b","size":5,"file_name":"b.pdf""#, 3),
            (#""type":"file","media":"https://x.example/b.pdf","size":5.5,"file_name":"b.pdf""#, 3),
            (#""type":"contact","contact":{"name":"\#(String(repeating: "x", count: 29))","phone_number":"1"}"#, 3),
            (#""type":"contact","contact":{"name":"x","phone_number":"+7 999"}"#, 3),
            (#""type":"location","location":{"lat":"55","lon":37}"#, 3),
            (#""type":"location","location":{"lat":91,"lon":37}"#, 3),
            (#""type":"text","text":"a","keyboard":{"Buttons":[{"ActionBody":"a","Text":"a"}]}"#, 3),
            (#""type":"text","text":"a","keyboard":{"Type":"keyboard","Buttons":[]}"#, 3),
            (#""type":"text","text":"a","keyboard":{"Type":"keyboard","Buttons":[{"Text":"a"}]}"#, 3),
            (#""type":"text","text":"a","keyboard":{"Type":"keyboard","Buttons":[{"ActionBody":"a"}]}"#, 3),
            (
                #""type":"text","text":"a","keyboard":{"Type":"keyboard","Buttons":[{"ActionBody":"a","Text":"a < b"}]}"#,
                3
            ),
            (
                #""type":"text","text":"a","keyboard":{"Type":"keyboard","Buttons":[{"ActionBody":"a","Text":"a","Columns":7}]}"#,
                3
            ),
            (
                #""type":"text","text":"a","keyboard":{"Type":"keyboard","Buttons":[{"ActionType":"share-phone","ActionBody":"a","Text":"a"}]}"#,
                3
            ),
            (
                #""type":"text","text":"a","keyboard":{"Type":"keyboard","InputFieldState":"hidden","Buttons":[{"ActionBody":"a","Text":"a"}]}"#,
                3
            ),
            (
                #""type":"rich_media","alt_text":"a","rich_media":{"Type":"rich_media","Buttons":[{"ActionBody":"a","Text":"a"}]}"#,
                3
            ),
        ])
    func refused(_ members: String, _ status: Int) async throws {
        try await ViberFixture.with({ $0.fetchesMedia = false }) { f in
            let user = try f.subscriber()
            let answer = try await f.send(members, to: user)
            #expect(answer["status"]?.int64 == Int64(status), "\(answer)")
            #expect(try f.viber.sent(to: user.id).isEmpty)
            #expect(f.violations.map(\.kind) == [.badData])
        }
    }

    @Test("a sender without a name, one of 29 characters, or none is refused")
    func sender() async throws {
        try await ViberFixture.with { f in
            let user = try f.subscriber()
            for sender in [#""sender":{}"#, #""sender":{"name":"\#(String(repeating: "я", count: 29))"}"#, #""x":1"#] {
                let status = try await f.status(
                    "send_message", #"{"receiver":"\#(user.id)","type":"text","text":"a",\#(sender)}"#)
                #expect(status == 3 || status == 4)
            }
        }
    }

    @Test("tokens, the account's troubles and the webhook come before the message")
    func account() async throws {
        try await ViberFixture.with { f in
            let user = f.viber.createUser()
            #expect(try await f.status("get_account_info", "{}", token: "x") == 2)
            #expect(try await f.status("send_message", "{}") == 10)
            try f.viber.setWebhook("http://127.0.0.1:1/")
            #expect(try await f.send(#""type":"text","text":"a""#, to: user)["status"]?.int64 == 6)
            #expect(
                try await f.status(
                    "send_message", #"{"receiver":"nobody","sender":{"name":"x"},"type":"text","text":"a"}"#) == 5)
            try f.viber.setTrouble(24)
            #expect(try await f.send(#""type":"text","text":"a""#, to: user)["status"]?.int64 == 24)
        }
    }

    @Test("an old device does not understand a newer level")
    func oldDevice() async throws {
        try await ViberFixture.with { f in
            let user = try f.subscriber(apiVersion: 2)
            #expect(try await f.send(#""type":"text","text":"a","min_api_version":3"#, to: user)["status"]?.int64 == 13)
        }
    }

    @Test("a hundred messages an hour to who answers none; an answer makes room again")
    func unanswered() async throws {
        try await ViberFixture.with({ $0.unansweredPerHour = 2 }) { f in
            let user = try f.subscriber()
            for expected in [0, 0, 12] as [Int64] {
                #expect(try await f.send(#""type":"text","text":"a""#, to: user)["status"]?.int64 == expected)
            }
            try f.viber.write("b", from: user.id)
            #expect(try await f.send(#""type":"text","text":"a""#, to: user)["status"]?.int64 == 0)
        }
    }

    @Test("more than 30 KB, no JSON, and unknown methods are refused")
    func bodies() async throws {
        try await ViberFixture.with { f in
            let user = try f.subscriber()
            #expect(
                try await f.send(
                    #""type":"text","text":"a","x":"\#(String(repeating: "x", count: 31_000))""#, to: user)["status"]?
                    .int64 == 3)
            #expect(try await f.status("send_message", "[") == 3)
            #expect(try await f.status("sendMessage", "{}") == 3)
            #expect(f.violations.map(\.kind) == [.tooLarge, .brokenBody, .unknownMethod])
        }
    }

    @Test("a file is fetched and held against what was said of it")
    func media() async throws {
        try await ViberFixture.with { f in
            let user = try f.subscriber()
            let link = f.viber.host(Array("%PDF-1.4".utf8), named: "счёт.pdf", mime: "application/pdf")
            let file = { (size: Int) in #""type":"file","media":"\#(link)","size":\#(size),"file_name":"a.pdf""# }
            _ = try await f.send(file(8), to: user)
            try await f.viber.wait(for: .media(user: user.id))
            #expect(try f.viber.sent(to: user.id).last?.media?.bytes == Array("%PDF-1.4".utf8))
            #expect(f.violations.isEmpty)
            _ = try await f.send(file(9), to: user)
            try await f.viber.wait(for: .violated(.badMedia))
            #expect(try f.viber.sent(to: user.id).last?.failure != nil)
        }
    }

    @Test("details of a person are told twice in twelve hours")
    func details() async throws {
        try await ViberFixture.with { f in
            let user = try f.subscriber()
            let asked = #"{"id":"\#(user.id)"}"#
            #expect(try await f.call("get_user_details", asked)["user"]?["name"]?.string == "Ольга")
            #expect(try await f.status("get_user_details", asked) == 0)
            #expect(try await f.status("get_user_details", asked) == 12)
        }
    }
}
