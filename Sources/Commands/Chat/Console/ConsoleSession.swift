import AgentClient
import Domain
import JSON
import Synchronization
import Terminal

/// A console at work: events of the agent's session to the view, lines of input to the chat server.
final class ConsoleSession: Sendable {
    private struct State {
        var chat: ConsoleChat
        var agents: [String] = []
        var failures = 0
        var lines = 0
        var readSeq: Int64 = 0
        /// What happens before the chat is shown, to be told after it; nil from then on.
        var early: [AgentEvent]? = []

        mutating func nextEarly() -> AgentEvent? {
            guard let next = early?.first else {
                early = nil
                return nil
            }
            early?.removeFirst()
            return next
        }
    }

    /// Of what happens before the chat is shown; the rest is in its history, or comes by the next gap.
    private static let mostEarly = 1000

    private let context: CommandContext
    private let client: ResumingAgentClient
    private let filesURL: String?
    private let view: any ConsoleView
    private let state: Mutex<State>
    private let marksRead: Bool

    /// - Parameter marksRead: a person reads what is shown, and the customer may know.
    init(
        _ context: CommandContext, client: ResumingAgentClient, hello: JSONValue, chat: JSONValue,
        view: any ConsoleView, marksRead: Bool
    ) {
        self.context = context
        self.client = client
        self.view = view
        self.marksRead = marksRead
        filesURL = hello["files_url"]?.string
        state = Mutex(State(chat: ConsoleChat(chat: chat, hello: hello)))
    }

    var chatID: String { state.withLock(\.chat.id) }
    /// Lines that were refused.
    var failures: Int { state.withLock(\.failures) }

    func completion(of line: String) -> LineCompletion {
        let (chat, agents) = state.withLock { ($0.chat, $0.agents) }
        return ConsoleCompletion.of(line, chat: chat, agents: agents)
    }

    // MARK: what happens

    func take(_ item: AgentFeedItem) async throws {
        switch item {
        case .connected(_, let isFirst):
            if !isFirst { await view.note("connected again") }
        case .gap(let from, let to):
            try await view.gap(from: from, to: to)
            try await showMissed()
        case .event(let event):
            let isEarly = state.withLock { state in
                guard let early = state.early else { return false }
                if early.count < Self.mostEarly { state.early?.append(event) }
                return true
            }
            if !isEarly { try await take(event) }
        case .disconnected(let error, let pause):
            let seconds = (pause / .milliseconds(100)).rounded() / 10
            await view.note("\(error.message); trying again in \(seconds) s")
        }
    }

    private func take(_ event: AgentEvent) async throws {
        let (line, chat, isNew) = state.withLock { state in
            if event.type == "presence" { Self.learn(&state.agents, event.data) }
            let wasMine = state.chat.isMine
            let line = state.chat.take(event)
            return (line, state.chat, state.chat.isMine && !wasMine)
        }
        try await view.happened(event, line: line)
        await view.changed(chat)
        // As long as it was nobody's, nobody was told what the customer wrote (agent-api.md, "Events").
        if isNew { try await showMissed(evenNothing: false) }
        if event.type == "message.created", event.data["direction"]?.string == "in" { markRead(chat) }
    }

    private static func learn(_ agents: inout [String], _ presence: JSONValue) {
        guard let agent = presence["agent"]?.string else { return }
        agents.removeAll { $0 == agent }
        if presence["state"]?.string != "offline" { agents.append(agent) }
    }

    private func markRead(_ chat: ConsoleChat) {
        guard marksRead, chat.isMine else { return }
        let due = state.withLock { state in
            defer { state.readSeq = max(state.readSeq, chat.lastSeq) }
            return chat.lastSeq > state.readSeq
        }
        guard due else { return }
        // Waited for by nobody: a mark that is lost is overtaken by the next one.
        Task {
            _ = try? await client.request(
                "read.mark",
                .members(["interaction": .string(chat.id), "seq": .number(JSONNumber(chat.lastSeq))]))
        }
    }

    // MARK: what is entered

    /// The chat with its last messages, to begin with.
    func open(history count: Int) async throws {
        try await show(history: count)
        while let event = state.withLock({ $0.nextEarly() }) { try await take(event) }
        let answer = try? await ask("agents.list")
        state.withLock { state in
            for presence in answer?["agents"]?.array ?? [] { Self.learn(&state.agents, presence) }
        }
    }

    /// What the event log no longer holds is read from the history. Where the connection breaks meanwhile the gap comes again,
    /// so nothing is asked twice here: the feed, which this holds up, is what makes the next connection.
    private func showMissed(evenNothing: Bool = true) async throws {
        let (id, seq, isShown) = state.withLock { ($0.chat.id, $0.chat.lastSeq, $0.early == nil) }
        guard isShown else { return }
        let now = try await client.request("interaction.get", .members(["interaction": .string(id)]))
        var messages: [JSONValue] = []
        var after: JSONValue? = .number(JSONNumber(seq))
        while let bound = after, bound != .null {
            let page = try await client.request(
                "messages.list",
                .members(["interaction": .string(id), "after_seq": bound, "limit": .number(JSONNumber(Int64(200)))]))
            messages += page["items"]?.array ?? []
            after = page["next"]
        }
        guard evenNothing || !messages.isEmpty else { return }
        let (chat, shown) = state.withLock { state in
            state.chat.become(now)
            let shown = messages.map { (json: $0, line: state.chat.shown($0)) }
            return (state.chat, shown)
        }
        try await view.opened(chat, history: shown)
        markRead(chat)
    }

    private func show(history count: Int) async throws {
        let id = chatID
        let page = try await ask(
            "messages.list",
            .members(["interaction": .string(id), "limit": .number(JSONNumber(Int64(max(count, 1))))]))
        let messages = count == 0 ? [] : page["items"]?.array ?? []
        let (chat, shown) = state.withLock { state in
            let shown = messages.map { (json: $0, line: state.chat.shown($0)) }
            return (state.chat, shown)
        }
        try await view.opened(chat, history: shown)
        markRead(chat)
    }

    /// Carries a line out; false where it asks to leave.
    func enter(_ text: String) async throws -> Bool {
        let number = state.withLock { state in
            state.lines += 1
            return state.lines
        }
        let input: ConsoleInput
        do throws(ConsoleProblem) {
            input = try ConsoleInput(text)
        } catch {
            try await answer(number, text, ConsoleAnswer(EralinkError(.invalidParams, error.sentence)))
            return true
        }
        switch input {
        case .nothing: return true
        case .quit: return false
        default: break
        }
        do {
            try await answer(number, text, try await carryOut(input))
        } catch let error as EralinkError {
            try await answer(number, text, ConsoleAnswer(state.withLock { $0.chat.named(error) }))
        } catch let closed as AgentClosed {
            try await answer(number, text, ConsoleAnswer(closed.error))
        } catch let failure as CommandFailure where failure.error != nil {
            try await answer(number, text, ConsoleAnswer(failure.error ?? EralinkError(.internal, "failed")))
        }
        return true
    }

    private func answer(_ number: Int, _ text: String, _ answer: ConsoleAnswer) async throws {
        if case .failure = answer.result { state.withLock { $0.failures += 1 } }
        try await view.answered(number, text, answer)
        await view.changed(state.withLock(\.chat))
    }

    private func carryOut(_ input: ConsoleInput) async throws -> ConsoleAnswer {
        switch input {
        case .say(let text): return try await send(.text(text))
        case .keyboard(let path, let text):
            var content = OutgoingContent.text(text)
            content.keyboard = try KeyboardFile.read(path, named: "/keyboard")
            return try await send(content)
        case .file(let path, let caption): return try await send(try await upload(path, caption: caption))
        case .reply(let reference, let text):
            return try await send(.text(text), replyTo: try await message(reference)["id"]?.string)
        case .retry(let reference): return try await act("message.retry", on: reference)
        case .delete(let reference): return try await delete(reference)
        case .edit(let reference, let text): return try await edit(reference, text)
        case .accept: return try await change("interaction.accept")
        case .release(let note): return try await change("interaction.release", ["note": note])
        case .transfer(let to, let note): return try await change("interaction.transfer", ["to": to, "note": note])
        case .close(let note): return try await change("interaction.close", ["note": note])
        case .history(let count): return try await history(count)
        case .chats:
            let chat = state.withLock(\.chat)
            return ConsoleAnswer(.array(chat.open.keys.sorted().compactMap { chat.open[$0] }), lines: chat.list)
        case .chat(let id): return try await goOver(to: id)
        case .help: return ConsoleAnswer(.null, lines: Self.help)
        case .nothing, .quit: return ConsoleAnswer(.null)
        }
    }

    private static let help: [StyledLine] =
        [StyledLine("What you type is sent. A message is named by its number, as in /reply 17 Yes.", .grey)]
        + ConsoleVerb.allCases.map { verb in
            let left = "/\(verb.rawValue) \(verb.syntax)"
            var line = StyledLine(left + String(repeating: " ", count: max(26 - left.count, 1)), .cyan)
            line.append(verb.meaning)
            return line
        } + [StyledLine("//text sends a text that begins with a slash; a line that ends in \\ goes on below.", .grey)]
}

// MARK: requests

extension ConsoleSession {
    /// A question changes nothing: it is asked again where the connection broke before the answer.
    private func ask(_ method: String, _ params: JSONValue = .object([])) async throws -> JSONValue {
        while true {
            do {
                return try await client.request(method, params)
            } catch let closed as AgentClosed where closed.mayReconnect {
                // Until the client has seen it too.
                try await Task.sleep(for: .milliseconds(50))
            }
        }
    }

    /// A send may be repeated too, under its `msg_id`: a connection that breaks before the reply does not lose it.
    private func send(_ content: OutgoingContent, replyTo: String? = nil) async throws -> ConsoleAnswer {
        let msgID = RandomText.uuid7(milliseconds: context.now().milliseconds, random: context.randomBytes(10))
        let params = JSONValue.members([
            "interaction": .string(chatID), "msg_id": .string(msgID), "reply_to": replyTo.map(JSONValue.string),
        ]).with(content.members)
        while true {
            do {
                let result = try await client.request("message.send", params)
                return ConsoleAnswer(result["message"] ?? result, isEchoed: false)
            } catch let closed as AgentClosed where closed.mayReconnect {
                // Until the client has seen it too.
                try await Task.sleep(for: .milliseconds(50))
            }
        }
    }

    private func upload(_ path: String, caption: String?) async throws -> OutgoingContent {
        let account = state.withLock(\.chat.account)
        let answer = try await ask("capabilities.get", .members(["account": .string(account)]))
        let path = path.hasPrefix("~/") ? (context.environment["HOME"] ?? "~") + path.dropFirst() : path
        let file = try await context.withFileUpload(sessionURL: filesURL) { try await $0.upload(path, to: account) }
        var content = OutgoingContent.text("")
        content.put(file: file, caption: caption, kinds: answer["accounts"]?[0]?["kinds"])
        return content
    }

    private func act(_ method: String, on reference: ConsoleReference) async throws -> ConsoleAnswer {
        let id = try await message(reference)["id"]
        return ConsoleAnswer(
            try await client.request(method, .members(["message": id])), lines: [StyledLine("done", .grey)])
    }

    /// What is still waiting is cancelled, what has gone out is deleted at the messenger.
    private func delete(_ reference: ConsoleReference) async throws -> ConsoleAnswer {
        let message = try await message(reference)
        let waits = ["accepted", "queued", "sending"].contains(message["state"]?.string ?? "")
        let result = try await client.request(
            waits ? "message.cancel" : "message.delete", .members(["message": message["id"]]))
        return ConsoleAnswer(result, lines: [StyledLine(waits ? "stopped before it was sent" : "done", .grey)])
    }

    private func edit(_ reference: ConsoleReference, _ text: String) async throws -> ConsoleAnswer {
        let message = try await message(reference)
        let isText = message["kind"]?.string == "text"
        return ConsoleAnswer(
            try await client.request(
                "message.edit",
                .members([
                    "message": message["id"], "text": isText ? .members(["text": .string(text)]) : nil,
                    "caption": isText ? nil : .string(text),
                ])))
    }

    /// The message as it is now.
    private func message(_ reference: ConsoleReference) async throws -> JSONValue {
        let seq: Int64
        switch reference {
        case .seq(let number): seq = number
        case .id(let id):
            guard let known = state.withLock({ $0.chat.seq(of: id) }) else {
                throw EralinkError(.notFound, "message \(id) was not shown in this chat; name it by its number")
            }
            seq = known
        }
        let page = try await ask(
            "messages.list",
            .members([
                "interaction": .string(chatID), "after_seq": .number(JSONNumber(seq - 1)),
                "limit": .number(JSONNumber(Int64(1))),
            ]))
        guard let message = page["items"]?[0], message["seq"]?.int64 == seq else {
            throw EralinkError(.notFound, "there is no message #\(seq) in this chat")
        }
        return message
    }

    private func change(
        _ method: String, _ more: KeyValuePairs<String, String?> = [:]
    ) async throws -> ConsoleAnswer {
        let (id, version) = state.withLock { ($0.chat.id, $0.chat.version) }
        let members = more.compactMap { name, value in value.map { JSONMember(name, .string($0)) } }
        let result = try await client.request(
            method, .members(["interaction": .string(id), "version": version]).with(members))
        state.withLock { $0.chat.become(result) }
        return ConsoleAnswer(result)
    }

    private func history(_ count: Int) async throws -> ConsoleAnswer {
        let page = try await ask(
            "messages.list",
            .members(["interaction": .string(chatID), "limit": .number(JSONNumber(Int64(count)))]))
        let messages = page["items"]?.array ?? []
        let lines = state.withLock { state in messages.map { state.chat.shown($0) } }
        return ConsoleAnswer(.array(messages), lines: lines)
    }

    private func goOver(to id: String) async throws -> ConsoleAnswer {
        let other = try await ask("interaction.get", .members(["interaction": .string(id)]))
        state.withLock { $0.chat.goOver(to: other) }
        try await show(history: 20)
        return ConsoleAnswer(other, isEchoed: false)
    }
}
