import JSON
import Sandbox
import Testing

@Suite("Rates and faults of the simulated Telegram")
struct RatesAndFaultsTests {
    @Test("a chat takes a burst of three and then one a second")
    func chatRate() async throws {
        let clock = TestClock()
        try await TelegramFixture.with(configuration: clock.configuration) { fixture in
            for _ in 0..<3 { #expect(try await fixture.send("x").status == 200) }
            let refusal = try await fixture.send("x")
            #expect(refusal.status == 429)
            #expect(refusal.retryAfter == 1)
            #expect(refusal.description == "Too Many Requests: retry after 1")
            #expect(refusal.json?["parameters"]?["retry_after"]?.int64 == 1)
            clock.advance(0.5)
            #expect(try await fixture.send("x").status == 429)
            clock.advance(0.6)
            #expect(try await fixture.send("x").status == 200)
            #expect(try fixture.count(.overRate) == 1)
            #expect(try fixture.count(.tooEarly) == 1)
            let statistics = try fixture.telegram.statistics()
            #expect(statistics.sent == 4)
            #expect(statistics.sends == 6)
            #expect(statistics.mostSendsInSecond == 5)
            #expect(statistics.mostSendsInTenth == 4)
            #expect(statistics.mostSendsToOneChatInSecond == 5)
        }
    }

    @Test("a bot takes thirty at once over all chats")
    func botRate() async throws {
        let clock = TestClock()
        try await TelegramFixture.with(configuration: clock.configuration) { fixture in
            var statuses: [Int] = []
            for _ in 0..<31 {
                let customer = fixture.telegram.createCustomer().id
                try fixture.telegram.openChat(with: customer)
                let answer = try await fixture.call("sendMessage", [("chat_id", "\(customer)"), ("text", "x")])
                statuses.append(answer.status)
            }
            #expect(statuses == Array(repeating: 200, count: 30) + [429])
        }
    }

    @Test("a group takes twenty a minute")
    func groupRate() async throws {
        let clock = TestClock()
        try await TelegramFixture.with(configuration: clock.configuration) { fixture in
            let group = try fixture.telegram.createGroup(by: fixture.olga)
            var statuses: [Int] = []
            for _ in 0..<21 {
                let answer = try await fixture.call("sendMessage", [("chat_id", "\(group)"), ("text", "x")])
                statuses.append(answer.status)
            }
            #expect(statuses.last == 429)
            #expect(statuses.filter { $0 == 200 }.count == 20)
        }
    }

    @Test(
        "a fault strikes as often as it was told to, and then it is over",
        arguments: [
            (SimulatedFault.Effect.tooManyRequests(retryAfter: 7), 429),
            (.failure(code: 500, text: "restart"), 500),
            (.failure(code: 409, text: "terminated by other getUpdates request"), 409),
            (.badGateway, 502),
            (.unreadable, 200),
        ])
    func faults(effect: SimulatedFault.Effect, status: Int) async throws {
        try await TelegramFixture.with { fixture in
            fixture.telegram.add(SimulatedFault(effect, method: "sendMessage", chat: fixture.olga, times: 2))
            for _ in 0..<2 {
                let answer = try await fixture.send("x")
                #expect(answer.status == status)
                #expect((answer.json == nil) == (status == 502 || status == 200))
            }
            #expect(try await fixture.call("getMe").status == 200)
            #expect(try fixture.telegram.sent(to: fixture.olga).isEmpty)
        }
    }

    @Test("a fault after the call was taken loses the answer and not the message")
    func taken() async throws {
        try await TelegramFixture.with { fixture in
            fixture.telegram.add(SimulatedFault(.drop, method: "sendmessage", isTaken: true))
            await #expect(throws: SimulatorError.self) { try await fixture.send("x") }
            try await fixture.send("y")
            #expect(try fixture.telegram.sent(to: fixture.olga).map(\.text) == ["x", "y"])
        }
    }

    @Test("a token that was revoked, one that never was and one that is none are told apart")
    func tokens() async throws {
        try await TelegramFixture.with { fixture in
            async let poll = fixture.call("getUpdates", [("timeout", "50")])
            try await fixture.telegram.wait(for: .polling)
            try fixture.telegram.revokeToken()
            #expect(try await poll.text == #"{"ok":false,"error_code":401,"description":"Unauthorized"}"#)
            #expect(try await fixture.call("getMe").status == 401)
            let stranger = "5000000009:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
            #expect(try await fixture.telegram.call("getMe", token: stranger).description == "Unauthorized")
            #expect(try await fixture.telegram.call("getMe", token: "nonsense").description == "Not Found")
        }
    }

    @Test("what is not simulated says so, and what does not exist too")
    func methods() async throws {
        try await TelegramFixture.with { fixture in
            let poll = try await fixture.call("SENDPOLL", [("chat_id", "\(fixture.olga)")])
            #expect(poll.description == #"Bad Request: "sendPoll" is not simulated yet"#)
            #expect(try await fixture.call("sendTelepathy").description == "Not Found: method not found")
            #expect(try fixture.count(.notSimulated) == 1)
            #expect(try fixture.count(.unknownMethod) == 1)
        }
    }
}
