import JSON
import Sandbox
import Testing

@Suite("The simulated getUpdates")
struct PollingTests {
    @Test("nothing is confirmed by receiving, and everything before an offset by asking for it")
    func offsets() async throws {
        try await TelegramFixture.with { fixture in
            for number in 1...5 { try fixture.telegram.write("\(number)", from: fixture.olga) }
            let first = try await fixture.call("getUpdates", [("limit", "2")]).updateIDs
            #expect(first == [700_000_001, 700_000_002])
            #expect(try await fixture.call("getUpdates", [("offset", "700000001")]).updateIDs.count == 5)
            #expect(try await fixture.call("getUpdates", [("offset", "700000003")]).updateIDs.first == 700_000_003)
            #expect(try fixture.telegram.statistics().updatesConfirmed == 2)
            #expect(try await fixture.call("getUpdates", [("offset", "-1")]).updateIDs == [700_000_005])
            #expect(try fixture.telegram.statistics().updatesPending == 1)
        }
    }

    @Test("an offset far ahead confirms nothing")
    func future() async throws {
        try await TelegramFixture.with { fixture in
            try fixture.telegram.write("1", from: fixture.olga)
            #expect(try await fixture.call("getUpdates", [("offset", "700000013")]).updateIDs == [700_000_001])
        }
    }

    @Test("the same offset asked again at once gets one update")
    func busyLoop() async throws {
        try await TelegramFixture.with { fixture in
            for number in 1...5 { try fixture.telegram.write("\(number)", from: fixture.olga) }
            #expect(try await fixture.call("getUpdates").updateIDs.count == 5)
            #expect(try await fixture.call("getUpdates").updateIDs.count == 1)
        }
    }

    @Test("a waiting poll is answered by what a customer writes")
    func longPoll() async throws {
        try await TelegramFixture.with { fixture in
            async let answer = fixture.call("getUpdates", [("timeout", "50")])
            try await fixture.telegram.wait(for: .polling)
            try fixture.telegram.write("hello", from: fixture.olga)
            let updates = try await answer
            #expect(updates.result?[0]?["message"]?["text"]?.string == "hello")
            #expect(updates.result?[0]?["message"]?["from"]?["language_code"]?.string == "ru")
        }
    }

    @Test("a poll that begins while a customer writes is answered at once, whichever comes first")
    func racing() async throws {
        try await TelegramFixture.with { fixture in
            let began = ContinuousClock.now
            for number in 0..<1000 {
                let offset = Int64(700_000_001 + number)
                async let answer = fixture.call("getUpdates", [("timeout", "50"), ("offset", "\(offset)")])
                if number.isMultiple(of: 2) { await Task.yield() }
                try fixture.telegram.write("hello", from: fixture.olga)
                #expect(try await answer.updateIDs == [offset])
            }
            #expect(ContinuousClock.now - began < .seconds(45), "one of them waited to the end of its time")
        }
    }

    @Test("of two pollers the older one ends with 409 and the newer one goes on")
    func conflict() async throws {
        try await TelegramFixture.with { fixture in
            async let older = fixture.call("getUpdates", [("timeout", "50")])
            try await fixture.telegram.wait(for: .polling)
            async let newer = fixture.call("getUpdates", [("timeout", "50"), ("offset", "700000001")])
            let refusal = try await older
            #expect(refusal.status == 409)
            #expect(
                refusal.description == "Conflict: terminated by other getUpdates request; make sure that only one bot "
                    + "instance is running")
            try fixture.telegram.write("hello", from: fixture.olga)
            #expect(try await newer.updateIDs == [700_000_001])
            #expect(try fixture.count(.conflict) == 1)
        }
    }

    @Test("a webhook ends the poll, bars the next one and is shown")
    func webhook() async throws {
        try await TelegramFixture.with { fixture in
            async let poll = fixture.call("getUpdates", [("timeout", "50")])
            try await fixture.telegram.wait(for: .polling)
            let set = try await fixture.call("setWebhook", [("url", "https://example.com/hook")])
            #expect(set.description == "Webhook was set")
            #expect(try await poll.description == "Conflict: terminated by setWebhook request")
            #expect(try await fixture.call("getWebhookInfo").result?["url"]?.string == "https://example.com/hook")
            try fixture.telegram.write("kept", from: fixture.olga)
            let deleted = try await fixture.call("deleteWebhook", [("drop_pending_updates", "true")])
            #expect(deleted.description == "Webhook was deleted")
            #expect(try fixture.telegram.statistics().updatesDroppedByRequest == 1)
            #expect(try fixture.count(.droppedUpdates) == 1)
        }
    }

    @Test(
        "a webhook that Telegram would not take is refused",
        arguments: [
            ("http://example.com", "bad webhook: An HTTPS URL must be provided for webhook"),
            ("https://example.com:8080", "bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443"),
        ])
    func badWebhook(url: String, sentence: String) async throws {
        try await TelegramFixture.with { fixture in
            let answer = try await fixture.call("setWebhook", [("url", url)])
            #expect(answer.description == "Bad Request: \(sentence)")
        }
    }

    @Test("kinds that were not asked for are not queued, and what was asked for is remembered")
    func allowedUpdates() async throws {
        try await TelegramFixture.with { fixture in
            try fixture.telegram.write("1", from: fixture.olga)
            #expect(try fixture.telegram.react("👍", to: 1, by: fixture.olga) == nil)
            _ = try await fixture.call("getUpdates", [("allowed_updates", #"["message_reaction"]"#)])
            #expect(try fixture.telegram.react("👍", to: 1, by: fixture.olga) != nil)
            #expect(try fixture.telegram.write("2", from: fixture.olga).updateID == nil)
            _ = try await fixture.call("getUpdates", [("allowed_updates", "message")])
            #expect(try fixture.telegram.write("3", from: fixture.olga).updateID == nil)
            _ = try await fixture.call("getUpdates", [("allowed_updates", "[]")])
            #expect(try fixture.telegram.write("4", from: fixture.olga).updateID != nil)
        }
    }

    @Test("one answer is cut at about 4 MiB")
    func cut() async throws {
        try await TelegramFixture.with { fixture in
            let huge = Array("\"\(String(repeating: "x", count: 1 << 20))\"".utf8)
            for _ in 0..<6 {
                try fixture.telegram.write(CustomerMessage(members: [("text", huge)]), from: fixture.olga)
            }
            #expect(try await fixture.call("getUpdates").updateIDs.count == 3)
        }
    }

    @Test("what no one should send gets through as it is")
    func raw() async throws {
        try await TelegramFixture.with { fixture in
            let text = Array(#""\ud800 and \u0000""#.utf8)
            try fixture.telegram.write(CustomerMessage(members: [("text", text)]), from: fixture.olga)
            try fixture.telegram.sendRaw(kind: "telepathy", payload: Array(#"{"deep":[[[[]]]]}"#.utf8))
            let answer = try await fixture.call("getUpdates")
            #expect(answer.text.contains(#""text":"\ud800 and \u0000""#))
            #expect(answer.text.contains(#""telepathy":{"deep":[[[[]]]]}"#))
        }
    }
}
