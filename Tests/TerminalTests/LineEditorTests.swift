import FoundationEssentials
import TestSupport
import Testing

@testable import Terminal

@Suite("A line that is edited in a terminal", .timeLimit(.minutes(2)))
struct LineEditorTests {
    /// An editor in a terminal of its own.
    private static func with(
        columns: Int = 40, history: String? = nil,
        complete: @escaping @Sendable (String) -> LineCompletion = { _ in .none },
        _ body: @Sendable (LineEditor, PseudoTerminal) async throws -> Void
    ) async throws {
        let terminal = try PseudoTerminal(columns: columns, rows: 12)
        defer { terminal.close() }
        let ran: Void? = try await LineEditor.with(
            input: terminal.programSide, output: terminal.programSide, prompt: "Анна> ", history: history,
            complete: complete
        ) { editor in
            try await terminal.wait { $0 == ["Анна>"] }
            try await body(editor, terminal)
        }
        try #require(ran != nil)
        #expect(terminal.isEchoing, "the terminal's mode comes back")
    }

    @Test("lines come as they were typed, in UTF-8, and leave the screen")
    func lines() async throws {
        try await Self.with { editor, terminal in
            for text in ["привет", "e\u{301} 王 שלום", "👨‍👩‍👧 🇩🇪", " "] {
                terminal.type(text + "\r")
                #expect(await editor.nextLine() == text)
            }
            try await terminal.wait { $0 == ["Анна>"] }
        }
    }

    @Test("keys edit: backspace takes a letter of two bytes, words are deleted, the cursor moves")
    func editing() async throws {
        try await Self.with { editor, terminal in
            // Backspace; to the start; a letter there; to the end; a word back out.
            terminal.type("прив\u{7F}ет\u{01}О\u{05} мир тут\u{17}\r")
            #expect(await editor.nextLine() == "Оприет мир ")
            terminal.type("мир\u{1B}[D\u{1B}[D\u{1B}[3~ю\r")
            #expect(await editor.nextLine() == "мюр")
        }
    }

    @Test("what is printed stands above the prompt, and the half-typed line comes back whole", arguments: [40, 12])
    func printing(columns: Int) async throws {
        try await Self.with(columns: columns) { editor, terminal in
            terminal.type("полстроки набрано")
            try await terminal.wait { $0.joined().contains("полстроки набрано") || $0.count >= 2 }
            await editor.print("первое")
            await editor.print("второе\nтретье")
            let lines = try await terminal.wait {
                $0.joined().contains("третье") && $0.joined().hasSuffix("Анна> полстроки набрано")
            }
            #expect(lines.prefix(3) == ["первое", "второе", "третье"])
            #expect(lines.joined() == "первоевтороетретьеАнна> полстроки набрано")
            terminal.type(" дальше\r")
            #expect(await editor.nextLine() == "полстроки набрано дальше")
            try await terminal.wait { $0 == ["первое", "второе", "третье", "Анна>"] }
        }
    }

    @Test("a line of several kilobytes is taken whole")
    func longLine() async throws {
        try await Self.with { editor, terminal in
            let text = String(repeating: "длинная строка ", count: 300)
            // A terminal holds 4096 bytes that nobody has read; whoever types faster waits.
            terminal.type(text)
            terminal.type("\r")
            #expect(await editor.nextLine() == text)
        }
    }

    @Test("the prompt changes under a half-typed line")
    func prompt() async throws {
        try await Self.with { editor, terminal in
            terminal.type("половина")
            try await terminal.wait { $0 == ["Анна> половина"] }
            await editor.setPrompt("Борис (waiting)> ")
            try await terminal.wait { $0 == ["Борис (waiting)> половина"] }
        }
    }

    @Test("a window that became narrower wraps the line anew")
    func window() async throws {
        try await Self.with(columns: 60) { editor, terminal in
            terminal.type(String(repeating: "0123456789", count: 3))
            try await terminal.wait { $0.joined().hasSuffix("789") }
            try terminal.resize(columns: 20, rows: 12)
            await editor.windowChanged()
            await editor.print("x")
            terminal.type("!\r")
            #expect(await editor.nextLine() == String(repeating: "0123456789", count: 3) + "!")
        }
    }

    @Test("history is kept in a file, for its owner alone, and comes back with the arrow in the next run")
    func history() async throws {
        let path = FileManager.default.temporaryDirectory.path + "/eralink-history-" + UUID().uuidString
        defer { try? FileManager.default.removeItem(atPath: path) }
        try await Self.with(history: path) { editor, terminal in
            terminal.type("первая\r")
            _ = await editor.nextLine()
            terminal.type("вторая\r")
            _ = await editor.nextLine()
        }
        let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
        #expect(mode == 0o600)
        try await Self.with(history: path) { editor, terminal in
            terminal.type("\u{1B}[A\u{1B}[A\r")
            #expect(await editor.nextLine() == "первая")
        }
    }

    @Test("Tab completes the only candidate, goes as far as all agree, then lists them above the line")
    func completion() async throws {
        let words = ["/file", "/accept", "/history", "/help"]
        try await Self.with(complete: { line in
            LineCompletion(word: line, candidates: words.map { .init($0, meaning: $0 == "/help" ? "shows this" : "") })
        }) { editor, terminal in
            terminal.type("/f\t")
            try await terminal.wait { $0 == ["Анна> /file"] }
            terminal.type("план.pdf\r")
            #expect(await editor.nextLine() == "/file план.pdf")
            terminal.type("/h\t")
            let lines = try await terminal.wait { $0.count == 3 }
            #expect(lines == ["/history", "/help     shows this", "Анна> /h"])
            terminal.type("e\t\r")
            #expect(await editor.nextLine() == "/help ")
        }
    }

    @Test("Ctrl-D on an empty line is the end; so is a terminal that has gone, and a task that is cancelled")
    func ends() async throws {
        try await Self.with { editor, terminal in
            terminal.type("x\u{04}\r")
            #expect(await editor.nextLine() == "x")
            terminal.type("\u{04}")
            #expect(await editor.nextLine() == nil)
        }
        try await Self.with { editor, _ in
            let waiting = Task { await editor.nextLine() }
            waiting.cancel()
            #expect(await waiting.value == nil)
        }
    }

    @Test("what is no terminal gets no editor")
    func noTerminal() async throws {
        let ran: Void? = try await LineEditor.with(
            input: -1, output: -1, prompt: "", history: nil, complete: { _ in .none }
        ) { _ in }
        #expect(ran == nil)
    }
}
