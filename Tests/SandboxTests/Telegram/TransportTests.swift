import JSON
import NIOHTTP1
import Sandbox
import Testing

@Suite("The simulated Telegram on the wire", .timeLimit(.minutes(1)))
struct TransportTests {
    struct Form: CustomTestStringConvertible, Sendable {
        var testDescription: String
        var method = HTTPMethod.POST
        var uri = "/sendMessage"
        var type: String?
        var body = ""
        var text: String
    }

    static let forms: [Form] = [
        Form(
            testDescription: "query", method: .GET, uri: "/sendmessage?chat_id=7101234567&text=a%20b+%D1%8F",
            text: "a b я"),
        Form(
            testDescription: "form", type: "application/x-www-form-urlencoded", body: "chat_id=7101234567&text=a+b%26c",
            text: "a b&c"),
        Form(
            testDescription: "JSON", uri: "/SENDMESSAGE", type: "application/json; charset=utf-8",
            body: #"{"chat_id":7101234567,"text":"a \"\u044f\" 😀"}"#, text: #"a "я" 😀"#),
        Form(
            testDescription: "a number for a text", type: "application/json",
            body: #"{"chat_id":"7101234567","text":12}"#,
            text: "12"),
        Form(
            testDescription: "JSON null", type: "application/json", body: #"{"chat_id":7101234567,"text":null}"#,
            text: "null"),
        Form(
            testDescription: "query and form together: the first wins", uri: "/sendMessage?text=first",
            type: "application/x-www-form-urlencoded", body: "chat_id=7101234567&text=second", text: "first"),
        Form(
            testDescription: "multipart", type: "multipart/form-data; boundary=XX",
            body: "--XX\r\nContent-Disposition: form-data; name=\"chat_id\"\r\n\r\n7101234567\r\n"
                + "--XX\r\nContent-Disposition: form-data; name=\"text\"\r\n\r\na\r\nb\r\n--XX--\r\n", text: "a\nb"),
    ]

    @Test("parameters come in every form that Telegram takes", arguments: forms)
    func encodings(_ form: Form) async throws {
        try await TelegramFixture.with { fixture in
            try await HTTPConnection.with(port: fixture.telegram.port) { connection in
                let answer = try await connection.ask(
                    form.method, "/bot\(fixture.bot.token)\(form.uri)", type: form.type, body: Array(form.body.utf8))
                #expect(answer.status == 200)
                #expect(answer.headers.first(name: "content-type") == "application/json")
                #expect(try fixture.telegram.sent(to: fixture.olga).map(\.text) == [form.text])
            }
        }
    }

    @Test("of a broken body what stood before the defect counts")
    func brokenBody() async throws {
        try await TelegramFixture.with { fixture in
            try await HTTPConnection.with(port: fixture.telegram.port) { connection in
                let uri = "/bot\(fixture.bot.token)/sendMessage"
                let answer = try await connection.post(uri, json: #"{"chat_id":7101234567,"text":"hel"#)
                #expect(answer.text.contains("Bad Request: message text is empty"))
                let other = try await connection.post(uri, json: #"{"text":"hello","chat_id":"#)
                #expect(other.text.contains("Bad Request: chat_id is empty"))
                let latin = try await connection.ask(.GET, uri + "?chat_id=7101234567&text=%E4", type: nil, body: [])
                #expect(latin.text.contains("Bad Request: strings must be encoded in UTF-8"))
                #expect(try fixture.count(.brokenBody) == 2)
            }
        }
    }

    @Test("nulls, nested objects as text and natively, all on one connection")
    func nested() async throws {
        try await TelegramFixture.with { fixture in
            try await HTTPConnection.with(port: fixture.telegram.port) { connection in
                let uri = "/bot\(fixture.bot.token)/sendMessage"
                let markup = #"{"inline_keyboard":[[{"text":"A","callback_data":"a"}]]}"#
                let quoted = #""{\"inline_keyboard\":[[{\"text\":\"A\",\"callback_data\":\"a\"}]]}""#
                for value in [markup, quoted] {
                    let json = #"{"chat_id":7101234567,"text":"x","reply_markup":\#(value)}"#
                    #expect(try await connection.post(uri, json: json).status == 200)
                }
                let null = try await connection.post(
                    uri, json: #"{"chat_id":7101234567,"text":"x","reply_markup":null}"#)
                #expect(null.text.contains("Bad Request: object expected as reply markup"))
                #expect(try fixture.count(.nullParameter) == 1)
                try fixture.telegram.press(data: "a", on: 2, by: fixture.olga)
            }
        }
    }

    @Test(
        "addresses and verbs that lead nowhere",
        arguments: [
            (HTTPMethod.PUT, "/bot5000000001:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA/getMe", 501),
            (.GET, "/bot5000000001:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", 404),
            (.GET, "/bot5000000002:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA/getMe", 401),
            (.GET, "/botnonsense/getMe", 404),
            (.GET, "/file/bot5000000001:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA/x", 404),
            (.GET, "/bot5000000001:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA/getMe", 200),
            (.GET, "/bot5000000001:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA/test/getMe", 200),
        ])
    func addresses(method: HTTPMethod, uri: String, status: Int) async throws {
        try await TelegramFixture.with { fixture in
            try await HTTPConnection.with(port: fixture.telegram.port) { connection in
                let answer = try await connection.ask(method, uri, type: nil, body: [])
                #expect(answer.status == status)
            }
        }
    }

    @Test("more than a mebibyte of parameters is too large")
    func tooLarge() async throws {
        try await TelegramFixture.with { fixture in
            try await HTTPConnection.with(port: fixture.telegram.port) { connection in
                let json = #"{"chat_id":1,"text":"\#(String(repeating: "x", count: 1 << 20))"}"#
                let answer = try await connection.post("/bot\(fixture.bot.token)/sendMessage", json: json)
                #expect(answer.status == 413)
                #expect(answer.text.contains("Request Entity Too Large"))
            }
        }
    }

    @Test("too many requests carry the seconds as a header, and a proxy's page is a page")
    func headers() async throws {
        try await TelegramFixture.with { fixture in
            fixture.telegram.add(SimulatedFault(.tooManyRequests(retryAfter: 14)))
            fixture.telegram.add(SimulatedFault(.badGateway))
            try await HTTPConnection.with(port: fixture.telegram.port) { connection in
                let many = try await connection.get("/bot\(fixture.bot.token)/getMe")
                #expect(many.status == 429)
                #expect(many.headers.first(name: "retry-after") == "14")
                let page = try await connection.get("/bot\(fixture.bot.token)/getMe")
                #expect(page.status == 502)
                #expect(page.headers.first(name: "content-type") == "text/html")
                #expect(page.text.hasPrefix("<html>"))
            }
        }
    }

    @Test(
        "a dropped call closes the connection; untaken it leaves nothing, taken it leaves the message",
        arguments: [false, true])
    func drop(isTaken: Bool) async throws {
        try await TelegramFixture.with { fixture in
            fixture.telegram.add(SimulatedFault(.drop, method: "sendMessage", isTaken: isTaken))
            try await HTTPConnection.with(port: fixture.telegram.port) { connection async throws in
                await #expect(throws: HTTPConnection.ClosedWithoutAnswer.self) {
                    _ = try await connection.get("/bot\(fixture.bot.token)/sendMessage?chat_id=\(fixture.olga)&text=x")
                }
                #expect(try fixture.telegram.sent(to: fixture.olga).count == (isTaken ? 1 : 0))
            }
        }
    }

    @Test("a hanging call keeps its connection open until the client leaves")
    func hang() async throws {
        try await TelegramFixture.with { fixture in
            fixture.telegram.add(SimulatedFault(.hang, method: "getMe"))
            try await HTTPConnection.with(port: fixture.telegram.port) { connection in
                let answer = Task { try await connection.get("/bot\(fixture.bot.token)/getMe") }
                try await fixture.telegram.wait(for: .called(method: "getMe", count: 1))
                try await connection.close()
                await #expect(throws: HTTPConnection.ClosedWithoutAnswer.self) { _ = try await answer.value }
            }
        }
    }

    @Test("a poll whose client left is no rival of the next one")
    func leftPoll() async throws {
        try await TelegramFixture.with { fixture in
            let uri = "/bot\(fixture.bot.token)/getUpdates?timeout=50"
            try await HTTPConnection.with(port: fixture.telegram.port) { connection in
                let answer = Task { try await connection.get(uri) }
                try await fixture.telegram.wait(for: .polling)
                try await connection.close()
                await #expect(throws: HTTPConnection.ClosedWithoutAnswer.self) { _ = try await answer.value }
            }
            try await fixture.telegram.wait(for: .notPolling)
            try await HTTPConnection.with(port: fixture.telegram.port) { connection in
                async let answer = connection.get(uri)
                try await fixture.telegram.wait(for: .polling)
                try fixture.telegram.write("hello", from: fixture.olga)
                #expect(try await answer.text.contains("hello"))
                #expect(try fixture.count(.conflict) == 0)
            }
        }
    }

    @Test("another process moves customers and reads what the bot sent")
    func control() async throws {
        try await SimulatedTelegram.with { telegram in
            try await HTTPConnection.with(port: telegram.port) { connection in
                func ask(_ name: String, _ json: String = "{}") async throws -> JSONValue {
                    let answer = try await connection.post("/control/\(name)", json: json)
                    #expect(answer.status == 200, "\(answer.text)")
                    return try #require(try JSONValue(parsing: answer.body)["result"])
                }
                let token = try #require(try await ask("createBot")["token"]?.string)
                let olga = try #require(try await ask("createCustomer", #"{"first_name":"Olga"}"#)["id"]?.int64)
                let start = try await ask("start", #"{"customer":\#(olga),"payload":"ad-7"}"#)
                #expect(start["message_id"]?.int64 == 1)
                _ = try await ask("write", #"{"customer":\#(olga),"raw_text":"\"\\ud800\""}"#)
                let updates = try await connection.get("/bot\(token)/getUpdates").text
                #expect(
                    updates.contains(#""text":"/start ad-7","entities":[{"offset":0,"length":6,"type":"bot_command"}]"#)
                )
                #expect(updates.contains(#""text":"\ud800""#))
                let markup = #"{"inline_keyboard":[[{"text":"A","callback_data":"a"}]]}"#
                let sent = try await connection.post(
                    "/bot\(token)/sendMessage", json: #"{"chat_id":\#(olga),"text":"Hello","reply_markup":\#(markup)}"#)
                #expect(sent.status == 200)
                _ = try await ask("wait", #"{"for":"sent","chat":\#(olga),"count":1,"seconds":5}"#)
                let messages = try await ask("sent", #"{"chat":\#(olga)}"#)
                #expect(messages[0]?["text"]?.string == "Hello")
                #expect(messages[0]?["message_id"]?.int64 == 3)
                let query = try await ask("press", #"{"customer":\#(olga),"message_id":3,"data":"a"}"#)
                let id = try #require(query["callback_query_id"]?.string)
                for expected in [200, 400] {
                    let answer = try await connection.get("/bot\(token)/answerCallbackQuery?callback_query_id=\(id)")
                    #expect(answer.status == expected)
                }
                _ = try await ask("fault", #"{"effect":"failure","code":500,"text":"restart","method":"getMe"}"#)
                #expect(try await connection.get("/bot\(token)/getMe").status == 500)
                _ = try await ask("burst", #"{"count":100,"customers":7}"#)
                let statistics = try await ask("statistics")
                #expect(statistics["sent"]?.int64 == 1)
                #expect(statistics["updatesPending"]?.int64 == 103)
                let refusal = try await connection.post("/control/write", json: #"{"customer":1}"#)
                #expect(refusal.text.contains("there is no customer 1"))
            }
        }
    }
}
