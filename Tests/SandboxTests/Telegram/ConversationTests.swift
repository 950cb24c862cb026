import JSON
import Sandbox
import Testing

@Suite("Chats in the simulated Telegram")
struct ConversationTests {
    @Test("a text is edited, its inline keyboard goes with it, and the same again is not modified")
    func edit() async throws {
        try await TelegramFixture.with { fixture in
            let markup = #"{"inline_keyboard":[[{"text":"A","callback_data":"a"}]]}"#
            try await fixture.send("Choose", [("reply_markup", markup)])
            let target = [("chat_id", "\(fixture.olga)"), ("message_id", "1")]
            let edited = try await fixture.call("editMessageText", target + [("text", "Chosen")])
            #expect(edited.result?["text"]?.string == "Chosen")
            #expect(edited.result?["edit_date"]?.int64 != nil)
            #expect(edited.result?["reply_markup"] == nil)
            let again = try await fixture.call("editMessageText", target + [("text", " Chosen ")])
            #expect(again.description?.hasPrefix("Bad Request: message is not modified") == true)
            let keyboard = ("reply_markup", #"{"keyboard":[["A"]]}"#)
            let refused = try await fixture.call("editMessageText", target + [("text", "x"), keyboard])
            #expect(refused.description == "Bad Request: inline keyboard expected")
            #expect(try fixture.telegram.sent(to: fixture.olga).map(\.edits) == [1])
            #expect(throws: SimulatorError.self) { try fixture.telegram.press(data: "a", on: 1, by: fixture.olga) }
        }
    }

    @Test("a message with a reply keyboard, one of the customer and one that is gone cannot be edited")
    func uneditable() async throws {
        try await TelegramFixture.with { fixture in
            try await fixture.send(
                "Phone?", [("reply_markup", #"{"keyboard":[[{"text":"Phone","request_contact":true}]]}"#)])
            try fixture.telegram.write("hello", from: fixture.olga)
            for (id, sentence) in [
                ("1", "message can't be edited"), ("2", "message can't be edited"), ("3", "message to edit not found"),
            ] {
                let answer = try await fixture.call(
                    "editMessageText", [("chat_id", "\(fixture.olga)"), ("message_id", id), ("text", "x")])
                #expect(answer.description == "Bad Request: \(sentence)")
            }
        }
    }

    @Test("a deleted message is gone for replies too")
    func delete() async throws {
        try await TelegramFixture.with { fixture in
            try await fixture.send("x")
            let target = [("chat_id", "\(fixture.olga)"), ("message_id", "1")]
            #expect(try await fixture.call("deleteMessage", target).text == #"{"ok":true,"result":true}"#)
            let again = try await fixture.call("deleteMessage", target)
            #expect(again.description == "Bad Request: message to delete not found")
            let reply = try await fixture.send("y", [("reply_parameters", #"{"message_id":1}"#)])
            #expect(reply.description == "Bad Request: message to be replied not found")
            #expect(try fixture.telegram.sent(to: fixture.olga).map(\.isDeleted) == [true])
        }
    }

    @Test("customers edit, react and press, and the bot hears of it in order")
    func updates() async throws {
        try await TelegramFixture.with { fixture in
            _ = try await fixture.call(
                "getUpdates",
                [("allowed_updates", #"["message","edited_message","message_reaction","callback_query"]"#)])
            try await fixture.send(
                "?", [("reply_markup", #"{"inline_keyboard":[[{"text":"A","callback_data":"a"}]]}"#)])
            let written = try fixture.telegram.write(CustomerMessage("yes", replyTo: 1), from: fixture.olga)
            try fixture.telegram.edit(written.messageID, to: CustomerMessage("no"), from: fixture.olga)
            try fixture.telegram.react("👍", to: 1, by: fixture.olga)
            try fixture.telegram.press(data: "a", on: 1, by: fixture.olga)
            let updates = try await fixture.call("getUpdates", [("offset", "700000001")]).result
            #expect(updates?[0]?["message"]?["reply_to_message"]?["text"]?.string == "?")
            #expect(updates?[1]?["edited_message"]?["text"]?.string == "no")
            #expect(updates?[1]?["edited_message"]?["edit_date"]?.int64 != nil)
            #expect(updates?[2]?["message_reaction"]?["new_reaction"]?[0]?["emoji"]?.string == "👍")
            #expect(updates?[3]?["callback_query"]?["data"]?.string == "a")
            #expect(updates?[3]?["callback_query"]?["message"]?["text"]?.string == "?")
        }
    }

    @Test("in a group the bot sees commands, mentions and answers to itself alone")
    func group() async throws {
        try await TelegramFixture.with { fixture in
            let group = try fixture.telegram.createGroup(by: fixture.olga)
            _ = try await fixture.call("sendMessage", [("chat_id", "\(group)"), ("text", "hi")])
            let unseen = try fixture.telegram.write(CustomerMessage("hello all", group: group), from: fixture.olga)
            #expect(unseen.updateID == nil)
            for message in [
                CustomerMessage("/start@desk_bot", group: group), CustomerMessage("ask @desk_bot", group: group),
                CustomerMessage("thanks", replyTo: 1, group: group),
            ] {
                #expect(try fixture.telegram.write(message, from: fixture.olga).updateID != nil)
            }
        }
    }

    @Test("a press is too old after 150 seconds, and a message after a day")
    func retention() async throws {
        let clock = TestClock()
        try await TelegramFixture.with(configuration: clock.configuration) { fixture in
            try await fixture.send(
                "?", [("reply_markup", #"{"inline_keyboard":[[{"text":"A","callback_data":"a"}]]}"#)])
            try fixture.telegram.write("kept", from: fixture.olga)
            let query = try fixture.telegram.press(data: "a", on: 1, by: fixture.olga)
            clock.advance(151)
            #expect(try await fixture.call("getUpdates").updateIDs == [700_000_001])
            let answer = try await fixture.call("answerCallbackQuery", [("callback_query_id", query)])
            #expect(answer.description?.contains("query is too old") == true)
            clock.advance(86_400)
            #expect(try await fixture.call("getUpdates", [("offset", "700000001")]).updateIDs == [])
            #expect(try fixture.telegram.statistics().updatesExpired == 2)
        }
    }

    @Test("with little memory the newest messages are kept and everything is counted")
    func bounded() async throws {
        try await TelegramFixture.with(configuration: .benchmark) { fixture in
            for number in 1...100 { try await fixture.send("\(number)") }
            let sent = try fixture.telegram.sent(to: fixture.olga)
            #expect(sent.count <= 40)
            #expect(sent.last?.text == "100")
            #expect(sent.last?.messageID == 100)
            #expect(try fixture.telegram.statistics().sent == 100)
            let reply = try await fixture.send("x", [("reply_parameters", #"{"message_id":1}"#)])
            #expect(reply.status == 200)
        }
    }

    @Test("it serves until its task is cancelled, and then the port is free")
    func run() async throws {
        let telegram = try await SimulatedTelegram.start()
        let running = Task { try await telegram.run() }
        try await HTTPConnection.with(port: telegram.port) { connection in
            let answer = try await connection.get("/botnonsense/getMe")
            #expect(answer.status == 404)
        }
        running.cancel()
        try await running.value
        await #expect(throws: (any Error).self) {
            try await HTTPConnection.with(port: telegram.port) { _ in }
        }
    }
}
