import ArgumentParser
import Domain

/// Which command a command line names, found by its words alone. ArgumentParser finds it too, but neither suggests a command
/// nor refuses a family without one.
struct CommandPath {
    private(set) var command: any ParsableCommand.Type
    private(set) var words: [String]
    /// The command line with the shared options that stood before the command moved behind it.
    private(set) var arguments: [String]
    /// What is wrong with it, where that shows already.
    private(set) var problem: CommandFailure?

    var name: String { words.joined(separator: " ") }

    var examples: [CommandExample] {
        (command as? any ContextCommand.Type)?.examples ?? (command as? any CommandFamily.Type)?.examples ?? []
    }

    init(root: any ParsableCommand.Type, arguments: [String]) {
        command = root
        words = [root._commandName]
        self.arguments = arguments
        var leading: [String] = []
        var rest = arguments[...]
        if rest.first == "help" {
            descend(&rest, dropping: "help")
            return
        }
        while !command.configuration.subcommands.isEmpty {
            guard let word = rest.popFirst() else {
                problem = missing
                return
            }
            if word.hasPrefix("-") {
                guard Self.isShared(word) else { return }
                leading.append(word)
                if SharedOptions.withValue.contains(word), let value = rest.popFirst() { leading.append(value) }
                continue
            }
            guard enter(word) else {
                problem = unknown(word)
                return
            }
        }
        self.arguments = words.dropFirst() + leading + rest
    }

    /// `help X Y` names the command `X Y`.
    private mutating func descend(_ rest: inout ArraySlice<String>, dropping word: String) {
        rest = rest.dropFirst()
        while let word = rest.popFirst(), !word.hasPrefix("-") {
            guard enter(word) else {
                problem = unknown(word)
                return
            }
        }
    }

    private mutating func enter(_ word: String) -> Bool {
        let found = command.configuration.subcommands.first {
            $0._commandName == word || $0.configuration.aliases.contains(word)
        }
        guard let found else { return false }
        command = found
        words.append(found._commandName)
        return true
    }

    private static func isShared(_ word: String) -> Bool {
        SharedOptions.withValue.contains(word) || SharedOptions.switches.contains(word)
            || SharedOptions.withValue.contains { $0.hasPrefix("--") && word.hasPrefix($0 + "=") }
    }

    private var children: [String] {
        command.configuration.subcommands.filter { $0.configuration.shouldDisplay }.map { $0._commandName }
    }

    private var missing: CommandFailure {
        .usage("\"\(name)\" needs a command: \(children.joined(separator: ", ")); see \"\(name) --help\"")
    }

    private func unknown(_ word: String) -> CommandFailure {
        let suggestion = Nearest.name(to: word, among: children)
        let hint = suggestion.map { "did you mean \"\(name) \($0)\"?" } ?? "see \"\(name) --help\""
        return .usage("unknown command \"\(name) \(word)\"; \(hint)", details: [.init("suggestion", suggestion)])
    }
}
