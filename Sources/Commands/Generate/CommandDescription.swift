import ArgumentParser
import Domain
import JSON

/// A command as documents tell of it: what ArgumentParser knows (its dump), and our examples.
struct CommandDescription {
    struct Argument: Equatable {
        enum Kind: String { case positional, option, flag }

        var kind: Kind
        /// With their dashes, `-o` before `--output`; empty for a positional one.
        var names: [String]
        var valueName: String
        var text: String
        var values: [String]
        var defaultValue: String?
        var isOptional: Bool
        var isRepeating: Bool
    }

    /// The words that name it, the program's own first.
    var words: [String]
    var abstract: String
    var discussion: String
    var arguments: [Argument]
    var examples: [CommandExample]
    /// Those that help shows.
    var subcommands: [CommandDescription]

    var name: String { words.joined(separator: " ") }

    /// The whole program. Throws where ArgumentParser's dump is not what it was.
    static func program() throws -> CommandDescription {
        guard let dump = try JSONValue(parsing: Eralink._dumpHelp())["command"] else { throw unreadable("") }
        return try CommandDescription(Eralink.self, dump, below: [])
    }

    /// The options that every command has; documents tell of them once.
    static func sharedArguments() throws -> [Argument] {
        guard let arguments = try JSONValue(parsing: SharedOptions._dumpHelp())["command"]?["arguments"]?.array else {
            throw unreadable("the shared options")
        }
        return try (arguments.map(Argument.init)).filter { $0.names != ["--version"] }
    }

    private init(_ type: any ParsableCommand.Type, _ dump: JSONValue, below parents: [String]) throws {
        words = parents + [type._commandName]
        abstract = dump["abstract"]?.string ?? ""
        discussion = dump["discussion"]?.string ?? ""
        arguments = try (dump["arguments"]?.array ?? []).filter { $0["shouldDisplay"]?.bool == true }.map(Argument.init)
            .filter { $0.names != ["--version"] }
        examples = CommandPath(root: Eralink.self, arguments: words.dropFirst() + []).examples
        let dumps = dump["subcommands"]?.array ?? []
        subcommands = []
        for child in type.configuration.subcommands where child.configuration.shouldDisplay {
            guard let dump = dumps.first(where: { $0["commandName"]?.string == child._commandName }) else {
                throw Self.unreadable(child._commandName)
            }
            subcommands.append(try CommandDescription(child, dump, below: words))
        }
    }

    private static func unreadable(_ what: String) -> EralinkError {
        EralinkError(.internal, "ArgumentParser's description of \(what) cannot be read", retryable: false)
    }
}

extension CommandDescription.Argument {
    fileprivate init(_ dump: JSONValue) throws {
        guard let kind = dump["kind"]?.string.flatMap(Kind.init(rawValue:)) else {
            throw EralinkError(
                .internal, "ArgumentParser's description of an argument cannot be read", retryable: false)
        }
        self.kind = kind
        names = (dump["names"]?.array ?? []).compactMap { name in
            name["name"]?.string.map { name["kind"]?.string == "long" ? "--\($0)" : "-\($0)" }
        }.sorted { $0.count < $1.count }
        valueName = dump["valueName"]?.string ?? ""
        text = dump["abstract"]?.string ?? ""
        values = dump["allValues"]?.array?.compactMap(\.string) ?? []
        defaultValue = dump["defaultValue"]?.string
        isOptional = dump["isOptional"]?.bool ?? false
        isRepeating = dump["isRepeating"]?.bool ?? false
    }
}
