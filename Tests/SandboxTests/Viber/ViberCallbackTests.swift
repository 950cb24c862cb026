import HTTPFetch
import JSON
import Testing

@testable import Sandbox

@Suite("Simulated Viber: callbacks", .timeLimit(.minutes(2)))
struct ViberCallbackTests {
    private static func set(_ f: ViberFixture, _ hook: ViberHook, _ more: String = "") async throws -> JSONValue {
        try await f.call("set_webhook", #"{"url":"\#(hook.url)"\#(more)}"#)
    }

    @Test("the webhook is called, signed, before it is set")
    func validation() async throws {
        try await ViberHook.with { hook in
            try await ViberFixture.with { f in
                let answer = try await Self.set(f, hook, #","event_types":["delivered"],"send_name":true"#)
                #expect(answer["status"]?.int64 == 0)
                #expect(
                    answer["event_types"]?.array?.compactMap(\.string) == [
                        "delivered", "message", "subscribed", "unsubscribed",
                    ])
                let got = try #require(hook.got.first)
                #expect(got.event == "webhook")
                #expect(got.signature == ViberCore.signature(of: got.body, token: f.bot.token))
                #expect(try await f.call("get_account_info", "{}")["webhook"]?.string == hook.url)
            }
        }
    }

    @Test("the signature is that of the digest's check vector")
    func vector() {
        let body = Array(
            #"{"event":"webhook","timestamp":1764000000123,"chat_hostname":"SN-CHAT-03_","message_token":5741311803571728811,"note":"проверка"}"#
                .utf8)
        #expect(
            ViberCore.signature(of: body, token: "4f1d2c3b5a697887-a0b1c2d3e4f50617-8899aabbccddeeff")
                == "723852a1ee24bcda7c3c9c1a08acc6b1474e1cc3916fdfd514f906e30596c47c")
    }

    @Test("an address that does not answer with 200 in time is not set", arguments: [404, 500, 201])
    func invalid(_ status: Int) async throws {
        try await ViberHook.with { hook in
            try await ViberFixture.with { f in
                hook.answer(with: [status])
                let answer = try await Self.set(f, hook)
                #expect(answer["status"]?.int64 == 1)
                let webhook = try f.viber.webhook()
                #expect(webhook.isEmpty)
            }
        }
    }

    @Test("who answers late has not answered")
    func slow() async throws {
        try await ViberHook.with { hook in
            try await ViberFixture.with({ $0.answerSeconds = 0.1 }) { f in
                hook.answer(after: .milliseconds(400))
                let answer = try await Self.set(f, hook)
                #expect(answer["status"]?.int64 == 1)
            }
        }
    }

    @Test("a callback is repeated as it was until it is taken")
    func repeated() async throws {
        try await ViberHook.with { hook in
            try await ViberFixture.with { f in
                _ = try await Self.set(f, hook)
                hook.answer(with: [500, 404])
                let user = f.viber.createUser()
                let token = try f.viber.write("Привет", from: user.id)
                try await f.viber.wait(for: .taken(event: "message", count: 1))
                let got = hook.got.filter { $0.event == "message" }
                #expect(got.count == 3 && Set(got.map(\.body)).count == 1)
                #expect(got.last?.value["message_token"]?.int64 == token)
                #expect(f.viber.deliveries.map(\.status) == [500, 404, 200])
                #expect(f.viber.violations.count { $0.kind == .badWebhook } == 2)
            }
        }
    }

    @Test("names and pictures come only where they were asked for")
    func names() async throws {
        try await ViberHook.with { hook in
            try await ViberFixture.with { f in
                let user = f.viber.createUser(name: "Анна", avatar: "https://media.example/a.jpg")
                _ = try await Self.set(f, hook)
                try f.viber.write("a", from: user.id)
                try await f.viber.wait(for: .taken(event: "message", count: 1))
                _ = try await Self.set(f, hook, #","send_name":true,"send_photo":true"#)
                try f.viber.write("b", from: user.id)
                try await f.viber.wait(for: .taken(event: "message", count: 2))
                let senders = hook.got.filter { $0.event == "message" }.map { $0.value["sender"] }
                #expect(senders[0]?["name"]?.string == "Subscriber" && senders[0]?["avatar"] == nil)
                #expect(senders[1]?["name"]?.string == "Анна" && senders[1]?["avatar"]?.string != nil)
            }
        }
    }

    @Test("receipts come for what was sent: delivered at once, one seen for all")
    func receipts() async throws {
        try await ViberHook.with { hook in
            try await ViberFixture.with { f in
                _ = try await Self.set(f, hook)
                let user = f.viber.createUser()
                try f.viber.subscribe(user.id)
                let first = try await f.send(#""type":"text","text":"1""#, to: user)["message_token"]?.int64
                let second = try await f.send(#""type":"text","text":"2""#, to: user)["message_token"]?.int64
                try await f.viber.wait(for: .taken(event: "delivered", count: 2))
                #expect(try f.viber.see(user.id) == second)
                #expect(try f.viber.see(user.id) == nil)
                try await f.viber.wait(for: .taken(event: "seen", count: 1))
                let delivered = hook.got.filter { $0.event == "delivered" }
                #expect(delivered.map { $0.value["message_token"]?.int64 } == [first, second])
                try f.viber.fail(try #require(first), "too high")
                try await f.viber.wait(for: .taken(event: "failed", count: 1))
                #expect(hook.got.last?.value["desc"]?.string == "too high")
            }
        }
    }

    @Test("kinds of events that were not asked for do not come; the mandatory ones do")
    func selection() async throws {
        try await ViberHook.with { hook in
            try await ViberFixture.with { f in
                _ = try await Self.set(f, hook, #","event_types":[]"#)
                let user = f.viber.createUser()
                try f.viber.openChat(user.id)
                try f.viber.subscribe(user.id)
                try f.viber.unsubscribe(user.id)
                try await f.viber.wait(for: .taken(event: "unsubscribed", count: 1))
                #expect(hook.got.map(\.event) == ["webhook", "subscribed", "unsubscribed"])
            }
        }
    }

    @Test("the press of a button is a text, a contact or a place, with the tracking data of the last message")
    func presses() async throws {
        try await ViberHook.with { hook in
            try await ViberFixture.with { f in
                _ = try await Self.set(f, hook)
                let user = f.viber.createUser(phone: "79990000000")
                try f.viber.subscribe(user.id)
                let buttons =
                    #"{"ActionBody":"yes!","Text":"A &amp; B","Silent":true},{"ActionType":"share-phone","ActionBody":"p","Text":"P"},{"ActionType":"location-picker","ActionBody":"l","Text":"L"}"#
                _ = try await f.send(
                    #""type":"text","text":"?","min_api_version":3,"tracking_data":"t","keyboard":{"Type":"keyboard","Buttons":[\#(buttons)]}"#,
                    to: user)
                for text in ["A & B", "P", "L"] { try f.viber.press(text, by: user.id) }
                try await f.viber.wait(for: .taken(event: "message", count: 3))
                let got = hook.got.filter { $0.event == "message" }.map(\.value)
                #expect(got.map { $0["message"]?["tracking_data"]?.string } == ["t", "t", "t"])
                #expect(got[0]["message"]?["text"]?.string == "yes!" && got[0]["silent"]?.bool == true)
                #expect(got[1]["message"]?["contact"]?["phone_number"]?.string == "79990000000")
                #expect(got[2]["message"]?["location"]?["lat"]?.double == 55.7522)
                #expect(throws: SimulatorError.self) { try f.viber.press("nothing", by: user.id) }
            }
        }
    }

    @Test("the answer to conversation_started is a welcome; one that is no message is a violation")
    func welcome() async throws {
        try await ViberHook.with { hook in
            try await ViberFixture.with { f in
                _ = try await Self.set(f, hook)
                let user = f.viber.createUser()
                hook.answer(body: #"{"type":"text","text":"Добро пожаловать","sender":{"name":"Desk"}}"#)
                try f.viber.openChat(user.id, context: "site")
                let sent = try await f.viber.sent(to: user.id, atLeast: 1)
                #expect(sent.first?.text == "Добро пожаловать" && sent.first?.token == nil)
                hook.answer(body: #"{"ok":true}"#)
                try f.viber.openChat(user.id)
                try await f.viber.wait(for: .violated(.badWelcome))
            }
        }
    }

    @Test("the control interface moves people")
    func control() async throws {
        try await ViberFixture.with { f in
            func control(_ verb: String, _ json: String) async throws -> (Int, JSONValue) {
                let response = try await f.fetcher.fetch(
                    HTTPRequest(.post, "\(f.viber.baseURL)/control/\(verb)", body: .string(json)))
                return (response.status, try JSONValue(parsing: response.body))
            }
            try f.viber.setWebhook("http://127.0.0.1:1/")
            let user = try #require(try await control("createUser", #"{"name":"Пётр"}"#).1["id"]?.string)
            #expect(try await control("write", #"{"user":"\#(user)","text":"a"}"#).1["message_token"]?.int64 != nil)
            _ = try await f.call(
                "send_message", #"{"receiver":"\#(user)","sender":{"name":"x"},"type":"text","text":"b"}"#)
            let sent = try await control("sent", #"{"user":"\#(user)","at_least":1}"#).1
            #expect(sent[0]?["body"]?["text"]?.string == "b")
            #expect(try await control("nothing", "{}").0 == 400)
            #expect(try await control("write", "{}").0 == 400)
        }
    }
}
