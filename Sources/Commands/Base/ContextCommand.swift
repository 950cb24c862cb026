import ArgumentParser

/// A command of `eralink`: it parses, calls and renders; what it needs comes in the context.
package protocol ContextCommand: AsyncParsableCommand {
    /// At least three; `--help` begins with them.
    static var examples: [CommandExample] { get }
    /// False for what must work with any settings, or without reading them.
    static var usesSettings: Bool { get }
    var shared: SharedOptions { get }
    /// Settings that this command line gives.
    var flagSettings: [FlagSetting] { get }
    func run(_ context: CommandContext) async throws
}

extension ContextCommand {
    package static var usesSettings: Bool { true }
    package var flagSettings: [FlagSetting] { [] }
}

/// A command that only has commands below it.
package protocol CommandFamily: ParsableCommand {
    static var examples: [CommandExample] { get }
}

/// A command line worth trying, and what it does.
package struct CommandExample: Sendable, Equatable {
    package let line: String
    package let meaning: String

    package init(_ line: String, _ meaning: String) {
        self.line = line
        self.meaning = meaning
    }
}
