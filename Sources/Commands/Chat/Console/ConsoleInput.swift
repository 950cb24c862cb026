/// One line that an agent enters in a console.
enum ConsoleInput: Sendable, Equatable {
    case nothing
    case say(String)
    case file(path: String, caption: String?)
    case keyboard(path: String, text: String)
    case reply(ConsoleReference, text: String)
    case retry(ConsoleReference)
    case edit(ConsoleReference, text: String)
    case delete(ConsoleReference)
    case accept
    case release(note: String?)
    case transfer(to: String, note: String?)
    case close(note: String?)
    case history(Int)
    /// The open chats, or to go over to one.
    case chats
    case chat(String)
    case help
    case quit

    /// Throws what is wrong with the line, as a sentence.
    init(_ line: String) throws(ConsoleProblem) {
        guard line.hasPrefix("/") else {
            self = line.contains { !$0.isWhitespace } ? .say(line) : .nothing
            return
        }
        // A text that begins with a slash.
        if line.hasPrefix("//") {
            self = .say(String(line.dropFirst()))
            return
        }
        var words = ConsoleWords(line.dropFirst())
        let name = words.next() ?? ""
        guard let verb = ConsoleVerb(rawValue: name) else {
            let meant = Nearest.name(to: name, among: ConsoleVerb.allCases.map(\.rawValue))
            throw ConsoleProblem(
                "there is no /\(name)" + (meant.map { "; did you mean /\($0)?" } ?? "; /help lists what there is"))
        }
        self = try Self.read(verb, &words)
        guard words.rest == nil else { throw ConsoleProblem(usageOf: verb) }
    }

    private static func read(_ verb: ConsoleVerb, _ words: inout ConsoleWords) throws(ConsoleProblem) -> ConsoleInput {
        switch verb {
        case .file: return .file(path: try words.required(verb), caption: words.takeRest())
        case .keyboard: return .keyboard(path: try words.required(verb), text: try words.requiredRest(verb))
        case .reply: return .reply(try words.reference(verb), text: try words.requiredRest(verb))
        case .retry: return .retry(try words.reference(verb))
        case .edit: return .edit(try words.reference(verb), text: try words.requiredRest(verb))
        case .delete: return .delete(try words.reference(verb))
        case .accept: return .accept
        case .release: return .release(note: words.takeRest())
        case .transfer: return .transfer(to: try words.required(verb), note: words.takeRest())
        case .close: return .close(note: words.takeRest())
        case .history:
            guard let word = words.next() else { return .history(20) }
            guard let count = Int(word), (1...200).contains(count) else { throw ConsoleProblem(usageOf: verb) }
            return .history(count)
        case .chats: return .chats
        case .chat: return .chat(ConsoleReference.withoutHash(try words.required(verb)))
        case .help: return .help
        case .quit: return .quit
        }
    }
}

/// What a console does beside sending what is typed.
enum ConsoleVerb: String, CaseIterable, Sendable {
    case file, keyboard, reply, retry, edit, delete, accept, release, transfer, close, history, chats, chat, help, quit

    /// What follows it.
    var syntax: String {
        switch self {
        case .file: "PATH [CAPTION]"
        case .keyboard: "FILE.json TEXT"
        case .reply: "N TEXT"
        case .retry, .delete: "N"
        case .edit: "N TEXT"
        case .transfer: "AGENT [NOTE]"
        case .release, .close: "[NOTE]"
        case .history: "[COUNT]"
        case .chat: "CHAT"
        case .accept, .chats, .help, .quit: ""
        }
    }

    var meaning: String {
        switch self {
        case .file: "send a file"
        case .keyboard: "send a text with buttons"
        case .reply: "answer message N"
        case .retry: "send again what failed or whose fate is unknown"
        case .edit: "change the text or caption of message N"
        case .delete: "delete message N, or stop it before it is sent"
        case .accept: "take the chat"
        case .release: "give the chat back to those who wait"
        case .transfer: "hand the chat to another agent"
        case .close: "close the chat"
        case .history: "show the last messages"
        case .chats: "list your open chats"
        case .chat: "go over to another chat"
        case .help: "show this"
        case .quit: "leave; Ctrl-D does it too"
        }
    }
}

/// A message as an agent names it: by its number in the chat, or by its id.
enum ConsoleReference: Sendable, Equatable {
    case seq(Int64)
    case id(String)

    /// Ids carry their time, which makes them longer than any chat.
    init?(_ word: String) {
        let text = Self.withoutHash(word)
        guard let number = Int64(text), number > 0 else { return nil }
        self = text.count > 12 ? .id(text) : .seq(number)
    }

    static func withoutHash(_ word: String) -> String { word.hasPrefix("#") ? String(word.dropFirst()) : word }
}

/// What is wrong with a line, as a sentence.
struct ConsoleProblem: Error, Sendable, Equatable {
    let sentence: String

    init(_ sentence: String) { self.sentence = sentence }

    init(usageOf verb: ConsoleVerb) { self.init("it is used so: /\(verb.rawValue) \(verb.syntax)") }
}

/// The words of a line, taken from its start. Quotes and a backslash keep blanks within a word, for names of files.
struct ConsoleWords {
    private var left: Substring

    init(_ text: Substring) { left = text.drop(while: \.isWhitespace) }

    var rest: String? { left.isEmpty ? nil : String(left) }

    mutating func takeRest() -> String? {
        defer { left = "" }
        return rest
    }

    mutating func next() -> String? {
        guard !left.isEmpty else { return nil }
        var word = ""
        var quote: Character?
        while let character = left.popFirst() {
            if character == "\\", quote != "'", let escaped = left.popFirst() {
                word.append(escaped)
            } else if character == quote {
                quote = nil
            } else if quote == nil, character == "\"" || character == "'" {
                quote = character
            } else if quote == nil, character.isWhitespace {
                break
            } else {
                word.append(character)
            }
        }
        left = left.drop(while: \.isWhitespace)
        return word
    }

    mutating func required(_ verb: ConsoleVerb) throws(ConsoleProblem) -> String {
        guard let word = next(), !word.isEmpty else { throw ConsoleProblem(usageOf: verb) }
        return word
    }

    mutating func requiredRest(_ verb: ConsoleVerb) throws(ConsoleProblem) -> String {
        guard let text = takeRest() else { throw ConsoleProblem(usageOf: verb) }
        return text
    }

    mutating func reference(_ verb: ConsoleVerb) throws(ConsoleProblem) -> ConsoleReference {
        guard let reference = ConsoleReference(try required(verb)) else { throw ConsoleProblem(usageOf: verb) }
        return reference
    }
}
