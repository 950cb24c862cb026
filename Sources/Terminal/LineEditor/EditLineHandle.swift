import CEditLine
import Glibc
import Synchronization

/// libedit over a pair of descriptors of one terminal: reads keys, edits a line, keeps a history.
///
/// The engine under libedit's imitation of readline, and used as that uses it (unbuffered, `el_gets` for each key): the
/// imitation keeps one line for the whole process in a buffer that it does not grow.
///
/// Sendable although it has mutable state: it is touched on the loop's thread only, by the waiter that the loop calls and by
/// the `LineEditor`, whose executor is the loop. libedit calls back on the same thread, from within a call.
final class EditLineHandle: @unchecked Sendable {
    /// What a key led to.
    enum Key {
        case editing
        case line(String)
        case end
    }

    private let input: Int32
    private let output: Int32
    private let files: [UnsafeMutablePointer<FILE>]
    private let editor: OpaquePointer
    private let history: OpaquePointer
    private let historyPath: String?
    private let complete: @Sendable (String) -> LineCompletion
    private let restorer: TerminalRestorer
    private var prompt: UnsafeMutablePointer<CChar>
    private var promptWidth: Int
    private var columns = 80
    private var isOpen = true

    /// Keys beyond libedit's own for emacs: what terminals send for arrows with Ctrl, Home, End and Delete.
    private static let keys = [
        ("^I", "eralink-complete"), ("^R", "em-inc-search-prev"), ("^W", "ed-delete-prev-word"),
        ("\u{1B}[1;5C", "em-next-word"), ("\u{1B}[1;5D", "ed-prev-word"), ("\u{1B}[3~", "ed-delete-next-char"),
        ("\u{1B}[H", "ed-move-to-beg"), ("\u{1B}[F", "ed-move-to-end"), ("\u{1B}[1~", "ed-move-to-beg"),
        ("\u{1B}[4~", "ed-move-to-end"),
    ]

    /// Takes the terminal into the editor's mode; nil where that is no terminal, or libedit will not have it.
    init?(
        input: Int32, output: Int32, prompt: String, historyPath: String?,
        complete: @escaping @Sendable (String) -> LineCompletion
    ) {
        Self.setCharacterSet()
        guard let restorer = TerminalRestorer(input) else { return nil }
        let files = [(input, "r"), (output, "w"), (output, "w")].compactMap { Self.open($0.0, $0.1) }
        // It looks the terminal up in termcap, which has one state for the process.
        let made = Self.termcap.withLock { _ in
            files.count == 3 ? el_init("eralink", files[0], files[1], files[2]).map(UInt.init(bitPattern:)) : nil
        }
        guard let editor = made.flatMap(OpaquePointer.init(bitPattern:)), let history = history_init()
        else { return nil }
        self.input = input
        self.output = output
        self.files = files
        self.editor = editor
        self.history = history
        self.historyPath = historyPath
        self.complete = complete
        self.restorer = restorer
        self.prompt = strdup(prompt)
        promptWidth = prompt.displayWidth
        setUp()
    }

    private static let termcap = Mutex(())

    private static func open(_ descriptor: Int32, _ mode: String) -> UnsafeMutablePointer<FILE>? {
        let copy = fcntl(descriptor, F_DUPFD_CLOEXEC, 3)
        return copy < 0 ? nil : fdopen(copy, mode)
    }

    /// Without a character set of many bytes every Cyrillic letter would be two: in a poor locale ours is UTF-8 all the same.
    private static func setCharacterSet() {
        setlocale(LC_CTYPE, "")
        let name = nl_langinfo(nl_item(CODESET)).map { String(cString: $0) }
        if name != "UTF-8" { setlocale(LC_CTYPE, "C.UTF-8") }
    }

    private func setUp() {
        columns = TerminalDevice.columns(output) ?? 80
        eralink_el_set_pointer(editor, EL_CLIENTDATA, Unmanaged.passUnretained(self).toOpaque())
        eralink_el_set_int(editor, EL_SIGNAL, 0)
        eralink_el_set_string(editor, EL_EDITOR, "emacs")
        eralink_el_set_prompt(editor) { editor in
            EditLineHandle.owner(of: editor)?.prompt
        }
        eralink_el_add_function(editor, "eralink-complete", "complete the word") { editor, _ in
            EditLineHandle.owner(of: editor)?.completeWord() ?? UInt8(CC_ERROR)
        }
        eralink_el_use_history(editor, history)
        eralink_history_int(history, H_SETSIZE, 1000)
        eralink_history_int(history, H_SETUNIQUE, 1)
        if let historyPath { eralink_history_string(history, H_LOAD, historyPath) }
        el_source(editor, nil)
        for (key, function) in Self.keys { eralink_el_bind(editor, key, function) }
        begin()
    }

    /// The object whose line an editor edits: what libedit hands back in its callbacks.
    private static func owner(of editor: OpaquePointer?) -> EditLineHandle? {
        guard let data = eralink_el_client_data(editor) else { return nil }
        return Unmanaged<EditLineHandle>.fromOpaque(data).takeUnretainedValue()
    }

    private func begin() { eralink_el_set_int(editor, EL_UNBUFFERED, 1) }

    private func end() { eralink_el_set_int(editor, EL_UNBUFFERED, 0) }

    /// Takes the keys that have come. Blocks on half a character and on half an escape sequence: hence a thread of its own.
    func readKey() -> Key {
        var count: Int32 = 0
        guard isOpen, let bytes = el_gets(editor, &count), count > 0 else { return .editing }
        let last = bytes[Int(count) - 1]
        // Ctrl-D on an empty line.
        if count == 1, last == 4 { return .end }
        guard last == 10 || last == 13 else { return .editing }
        let line = String(
            decoding: UnsafeRawBufferPointer(start: bytes, count: Int(count) - 1), as: UTF8.self)
        // The editor leaves its mode before it takes it again, or the next prompt would wait for the next key.
        end()
        eraseEntered(line)
        remember(line)
        begin()
        return .line(line)
    }

    private func remember(_ line: String) {
        guard line.contains(where: { !$0.isWhitespace }) else { return }
        eralink_history_string(history, H_ENTER, line)
        if let historyPath { eralink_history_string(history, H_SAVE, historyPath) }
    }

    /// Takes the line that was entered off the screen: whoever reads it says what became of it.
    private func eraseEntered(_ line: String) {
        let rows = (promptWidth + line.scalarWidth) / columns + 1
        write("\u{1B}[\(rows)A\r\u{1B}[J")
    }

    /// Prints whole lines above the prompt; a half-typed line comes back below them as it was.
    func printAbove(_ text: String) {
        guard isOpen else { return }
        resize()
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false).joined(separator: "\r\n")
        write(takenOff + lines + "\r\n")
        eralink_el_refresh(editor)
    }

    func setPrompt(_ text: String) {
        guard isOpen, text != String(cString: prompt) else { return }
        write(takenOff)
        free(prompt)
        prompt = strdup(text)
        promptWidth = text.displayWidth
        eralink_el_refresh(editor)
    }

    /// Shows prompt and line again: after the window has changed, or another program had the terminal.
    func redraw(terminalWasLost: Bool) {
        guard isOpen else { return }
        if terminalWasLost { eralink_el_set_int(editor, EL_PREP_TERM, 1) }
        write(takenOff)
        resize()
        eralink_el_refresh(editor)
    }

    private func resize() {
        guard let now = TerminalDevice.columns(output), now != columns else { return }
        columns = now
        el_resize(editor)
    }

    /// What takes prompt and line off the screen, from wherever the cursor stands in them.
    private var takenOff: String {
        let rows = (promptWidth + typed.scalarWidth) / columns
        return (rows > 0 ? "\u{1B}[\(rows)A" : "") + "\r\u{1B}[J"
    }

    /// The line up to the cursor.
    private var typed: String {
        guard let line = el_line(editor)?.pointee else { return "" }
        return String(
            decoding: UnsafeRawBufferPointer(start: line.buffer, count: line.cursor - line.buffer), as: UTF8.self)
    }

    private func completeWord() -> UInt8 {
        let completion = complete(typed)
        switch completion.step {
        case .nothing: return UInt8(CC_REFRESH_BEEP)
        case .insert(let text):
            el_deletestr(editor, Int32(completion.word.unicodeScalars.count))
            el_insertstr(editor, text)
            return UInt8(CC_REFRESH)
        case .show(let candidates):
            printAbove(LineCompletion.table(candidates, width: columns))
            return UInt8(CC_NORM)
        }
    }

    private func write(_ text: String) {
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(output, $0.baseAddress, $0.count) }
            if count > 0 {
                rest = rest.dropFirst(count)
            } else if errno == EAGAIN {
                var waiting = pollfd(fd: output, events: Int16(POLLOUT), revents: 0)
                _ = poll(&waiting, 1, 1000)
            } else if errno != EINTR {
                return
            }
        }
    }

    /// Gives the terminal back as it was, without the prompt. Harmless when repeated.
    func close() {
        guard isOpen else { return }
        write(takenOff)
        end()
        isOpen = false
        el_end(editor)
        history_end(history)
        for file in files { fclose(file) }
        free(prompt)
        restorer.restore()
    }
}

extension StringProtocol {
    /// The columns as libedit counts them: scalar by scalar.
    fileprivate var scalarWidth: Int { unicodeScalars.reduce(0) { $0 + $1.displayWidth } }
}
