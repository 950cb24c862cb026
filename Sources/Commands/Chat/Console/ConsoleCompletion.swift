import FoundationEssentials
import Terminal

/// What the line of a console can go on with.
enum ConsoleCompletion {
    /// - Parameters:
    ///   - line: up to the cursor.
    ///   - agents: who a chat can be handed to.
    static func of(_ line: String, chat: ConsoleChat, agents: [String]) -> LineCompletion {
        guard line.hasPrefix("/"), !line.hasPrefix("//") else { return .none }
        guard let blank = line.firstIndex(of: " ") else {
            return LineCompletion(
                word: line,
                candidates: ConsoleVerb.allCases.map { verb in
                    .init("/\(verb.rawValue)", meaning: "\(verb.syntax) – \(verb.meaning)".trimmingDash)
                })
        }
        let word = String(line[line.index(after: blank)...])
        switch ConsoleVerb(rawValue: String(line[line.index(after: line.startIndex)..<blank])) {
        case .file, .keyboard: return paths(word)
        case .chat:
            let chats = chat.open.sorted { $0.key < $1.key }
            return LineCompletion(
                word: word,
                candidates: chats.map { .init($0.key, meaning: Escaping.visible(EventLine.summary(ofChat: $0.value))) })
        case .transfer: return LineCompletion(word: word, candidates: agents.map { .init($0) })
        default: return .none
        }
    }

    /// Files that begin so. Blanks in names are written as `\ `, as the line is read.
    static func paths(_ typed: String) -> LineCompletion {
        // A blank that is not escaped ends the path: what follows is a caption.
        guard !typed.replacing("\\ ", with: "").contains(" ") else { return .none }
        let directoryEnd = typed.lastIndex(of: "/").map { typed.index(after: $0) } ?? typed.startIndex
        let directory = typed[..<directoryEnd].replacing("\\ ", with: " ")
        let prefix = typed[directoryEnd...].replacing("\\ ", with: " ")
        let names =
            (try? FileManager.default.contentsOfDirectory(atPath: directory.isEmpty ? "." : String(directory))) ?? []
        let fitting = names.filter { $0.hasPrefix(prefix) && ($0.first != "." || prefix.first == ".") }.sorted()
        return LineCompletion(
            word: typed,
            candidates: fitting.prefix(500).map { name in
                var isDirectory = false
                let exists = FileManager.default.fileExists(atPath: directory + name, isDirectory: &isDirectory)
                let shown = typed[..<directoryEnd] + name.replacing(" ", with: "\\ ")
                return .init(exists && isDirectory ? shown + "/" : String(shown), isWhole: !isDirectory)
            })
    }
}

extension String {
    /// A verb without arguments has nothing before the dash.
    fileprivate var trimmingDash: String { hasPrefix(" – ") ? String(dropFirst(3)) : self }
}
