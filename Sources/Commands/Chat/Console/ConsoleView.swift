import AgentClient
import Domain
import JSON
import Terminal

/// Where a console's words go: a terminal with a prompt, or JSON lines.
protocol ConsoleView: Sendable {
    /// The chat is there; again after going over to another one.
    func opened(_ chat: ConsoleChat, history: [(json: JSONValue, line: StyledLine)]) async throws
    /// - Parameter line: what a person sees of it; nil where that is nothing.
    func happened(_ event: AgentEvent, line: StyledLine?) async throws
    func gap(from: String, to: String) async throws
    /// What came of an input; `lines` are for a person.
    func answered(_ number: Int, _ text: String, _ answer: ConsoleAnswer) async throws
    func note(_ text: String) async
    func changed(_ chat: ConsoleChat) async
}

/// What came of an input.
struct ConsoleAnswer: Sendable {
    var result: Result<JSONValue, EralinkError>
    /// What a person is told, beside the events that show it.
    var lines: [StyledLine] = []
    /// Whether the input is shown again above its answer: a text that was sent is shown as a message.
    var isEchoed = true

    init(_ result: JSONValue, lines: [StyledLine] = [], isEchoed: Bool = true) {
        self.result = .success(result)
        self.lines = lines
        self.isEchoed = isEchoed
    }

    init(_ error: EralinkError) { result = .failure(error) }
}

/// The agent's terminal. What is printed goes above the prompt.
struct ConsoleTerminal: ConsoleView {
    let editor: LineEditor
    let output: Output

    private func print(_ lines: [StyledLine]) async {
        if lines.isEmpty { return }
        await editor.print(lines.map(output.shown).joined(separator: "\n"))
    }

    func opened(_ chat: ConsoleChat, history: [(json: JSONValue, line: StyledLine)]) async {
        await print([chat.heading] + history.map(\.line))
        await changed(chat)
    }

    func happened(_ event: AgentEvent, line: StyledLine?) async {
        if let line { await print([line]) }
    }

    func gap(from: String, to: String) async {
        await print([StyledLine("--- the chat server no longer held what was missed; it is loaded again", .yellow)])
    }

    func answered(_ number: Int, _ text: String, _ answer: ConsoleAnswer) async {
        var lines: [StyledLine] = answer.isEchoed ? [StyledLine("> \(text)", .grey)] : []
        switch answer.result {
        case .success: lines += answer.lines
        case .failure(let error): lines = [StyledLine("> \(text)", .grey), StyledLine(error.message, .red)]
        }
        await print(lines)
    }

    func note(_ text: String) async { await print([StyledLine(text, .yellow)]) }

    func changed(_ chat: ConsoleChat) async { await editor.setPrompt(chat.prompt) }
}

/// JSON lines for a program: events as they come (`params` of the agent API), and an answer to every line of input.
struct ConsoleLines: ConsoleView {
    let output: Output

    private func print(_ members: KeyValuePairs<String, JSONValue?>) throws {
        try output.text(JSONText.line(JSONValue.members(members)) + "\n")
        try output.flush()
    }

    func opened(_ chat: ConsoleChat, history: [(json: JSONValue, line: StyledLine)]) throws {
        try print([
            "type": .string("chat"), "interaction": chat.chat, "messages": .array(history.map(\.json)),
        ])
    }

    func happened(_ event: AgentEvent, line: StyledLine?) throws {
        try output.text(JSONText.line(event.params) + "\n")
        try output.flush()
    }

    func gap(from: String, to: String) throws {
        try print(["type": .string("gap"), "from": .string(from), "to": .string(to)])
    }

    func answered(_ number: Int, _ text: String, _ answer: ConsoleAnswer) throws {
        switch answer.result {
        case .success(let result):
            try print(["type": .string("result"), "line": .number(JSONNumber(Int64(number))), "result": result])
        case .failure(let error):
            try print([
                "type": .string("error"), "line": .number(JSONNumber(Int64(number))),
                "error": error.commandJSON,
            ])
        }
    }

    func note(_ text: String) { output.note(text) }

    func changed(_ chat: ConsoleChat) {}
}
