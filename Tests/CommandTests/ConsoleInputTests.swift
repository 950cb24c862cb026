import JSON
import Terminal
import Testing

@testable import AgentClient
@testable import Commands

@Suite("What an agent types in a console")
struct ConsoleInputTests {
    @Test(
        "lines mean what they say",
        arguments: [
            ("", .nothing), ("  ", .nothing), ("hello", .say("hello")), (" /file x", .say(" /file x")),
            ("//file x", .say("/file x")), ("/file a.pdf", .file(path: "a.pdf", caption: nil)),
            ("/file a\\ b.pdf  The plan", .file(path: "a b.pdf", caption: "The plan")),
            ("/file \"a b.pdf\" x", .file(path: "a b.pdf", caption: "x")),
            ("/keyboard k.json Choose one", .keyboard(path: "k.json", text: "Choose one")),
            ("/reply 17 Да, конечно", .reply(.seq(17), text: "Да, конечно")),
            ("/reply #17 yes", .reply(.seq(17), text: "yes")),
            ("/retry 1882814798896300037", .retry(.id("1882814798896300037"))), ("/delete 3", .delete(.seq(3))),
            ("/edit 3 new  text ", .edit(.seq(3), text: "new  text ")), ("/accept", .accept),
            ("/transfer boris asks for you", .transfer(to: "boris", note: "asks for you")),
            ("/close", .close(note: nil)), ("/close solved", .close(note: "solved")),
            ("/release", .release(note: nil)), ("/history", .history(20)), ("/history 5", .history(5)),
            ("/chats", .chats), ("/chat #43", .chat("43")), ("/help", .help), ("/quit", .quit),
        ] as [(String, ConsoleInput)])
    func meaning(line: String, expected: ConsoleInput) throws {
        #expect(try ConsoleInput(line) == expected)
    }

    @Test(
        "what means nothing is said so, with what was meant or how it is used",
        arguments: [
            ("/acept", "there is no /acept; did you mean /accept?"),
            ("/zzzz", "there is no /zzzz; /help lists what there is"),
            ("/", "there is no /; /help lists what there is"), ("/reply", "it is used so: /reply N TEXT"),
            ("/reply 17", "it is used so: /reply N TEXT"), ("/reply x y", "it is used so: /reply N TEXT"),
            ("/retry 17 now", "it is used so: /retry N"), ("/history 0", "it is used so: /history [COUNT]"),
            ("/file", "it is used so: /file PATH [CAPTION]"), ("/accept it", "it is used so: /accept "),
        ])
    func refusals(line: String, sentence: String) {
        #expect(throws: ConsoleProblem(sentence)) { try ConsoleInput(line) }
    }

    private static func chat(_ state: String = "active", agent: String? = "anna", id: String = "42") -> JSONValue {
        .members([
            "id": .string(id), "account": .string("support"), "state": .string(state), "version": .number(3),
            "agent": agent.map(JSONValue.string) ?? .null,
            "customer": .members(["name": .string("Иван \u{202E}x"), "external_id": .string("501")]),
        ])
    }

    private static func console(_ chat: JSONValue = chat()) -> ConsoleChat {
        ConsoleChat(chat: chat, hello: .members(["agent": .string("anna"), "interactions": .array([])]))
    }

    private static func event(_ type: String, _ data: KeyValuePairs<String, JSONValue?>, in interaction: String = "42")
        -> AgentEvent
    {
        AgentEvent(
            params: .members([
                "cursor": .string("e-1"), "type": .string(type), "at": .string("2026-01-31T10:00:00.000Z"),
                "interaction": .string(interaction), "data": .members(data),
            ]))
    }

    private static func message(_ seq: Int64, _ direction: String, _ state: String, in chat: String = "42")
        -> AgentEvent
    {
        event(
            "message.created",
            [
                "id": .string("100\(seq)"), "seq": .number(JSONNumber(seq)), "direction": .string(direction),
                "agent": .string("anna"), "kind": .string("text"), "text": .members(["text": .string("m\(seq)")]),
                "at": .string("2026-01-31T10:00:00.000Z"), "state": .string(state),
            ], in: chat)
    }

    private static func status(_ seq: Int64, _ state: String) -> AgentEvent {
        event(
            "message.status",
            ["message": .string("100\(seq)"), "seq": .number(JSONNumber(seq)), "state": .string(state)])
    }

    @Test("messages are shown once with their numbers; what becomes of one's own too, and nothing on the way there")
    func events() {
        var chat = Self.console()
        #expect(chat.take(Self.message(1, "in", "received"))?.text == "10:00:00 #1 ← m1")
        #expect(chat.take(Self.message(1, "in", "received")) == nil, "again, after a reconnect")
        #expect(chat.take(Self.message(2, "out", "accepted"))?.text == "10:00:00 #2 → anna: m2")
        #expect(chat.take(Self.status(2, "sending")) == nil)
        #expect(chat.take(Self.status(2, "sent"))?.text == "10:00:00 #2 sent")
        #expect(chat.take(Self.status(1, "read")) == nil, "that the customer's was read here is no news")
        #expect(chat.seq(of: "1002") == 2)
    }

    @Test("of other chats only the agent's own are told of, in short")
    func otherChats() {
        var chat = Self.console()
        #expect(chat.take(Self.message(1, "in", "received", in: "43")) == nil)
        let accepted = AgentEvent(
            params: .members([
                "type": .string("interaction.accepted"), "interaction": .string("43"), "data": Self.chat(id: "43"),
            ]))
        #expect(chat.take(accepted)?.text.hasPrefix("chat #43 is yours now") == true)
        let line = chat.take(Self.message(1, "in", "received", in: "43"))?.text
        #expect(line?.hasPrefix("chat #43 Иван") == true && line?.hasSuffix("(/chat 43)") == true)
        #expect(chat.open.keys.sorted() == ["42", "43"])
        chat.goOver(to: Self.chat(id: "43"))
        #expect(chat.id == "43" && chat.lastSeq == 0)
    }

    @Test("the prompt names the customer harmlessly, who has the chat, and that the customer types")
    func prompt() {
        #expect(Self.console().prompt == "Иван \\u{202E}x> ")
        #expect(Self.console(Self.chat("waiting", agent: nil)).prompt == "Иван \\u{202E}x (waiting)> ")
        #expect(Self.console(Self.chat(agent: "boris")).prompt == "Иван \\u{202E}x (boris)> ")
        var chat = Self.console()
        _ = chat.take(Self.event("typing", ["interaction": .string("42"), "on": .bool(true)]))
        #expect(chat.prompt == "Иван \\u{202E}x …> ")
    }

    @Test("an answer that is older than an event does not put the version back")
    func versions() {
        var chat = Self.console()
        let old = JSONValue.members(["id": .string("42"), "state": .string("waiting"), "version": .number(2)])
        chat.become(old)
        #expect(chat.version == .number(3) && chat.isMine)
    }

    @Test("verbs, open chats, agents and files are completed")
    func completion() async throws {
        let chat = Self.console()
        func texts(_ line: String) -> [String] {
            ConsoleCompletion.of(line, chat: chat, agents: ["boris", "bella"]).candidates.map(\.text)
        }
        #expect(texts("/re") == ["/reply", "/retry", "/release"])
        #expect(texts("/chat 4") == ["42"])
        #expect(texts("/transfer b") == ["boris", "bella"])
        #expect(texts("hello") == [] && texts("//re") == [] && texts("/accept x") == [])
        try await ScratchDirectory.with { scratch in
            _ = try scratch.file("план а.pdf", "x")
            _ = try scratch.file("dir/x", "x")
            _ = try scratch.file(".hidden", "x")
            let base = scratch.path
            #expect(texts("/file \(base)/пл") == ["\(base)/план\\ а.pdf"])
            #expect(texts("/file \(base)/") == ["\(base)/dir/", "\(base)/план\\ а.pdf"])
            #expect(texts("/file \(base)/план\\ а.pdf ca") == [])
        }
    }
}
