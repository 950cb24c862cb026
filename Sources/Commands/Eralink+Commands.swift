import ArgumentParser

extension Eralink {
    /// Every command below the root, families included, in the order of the help.
    package static var allCommands: [any ParsableCommand.Type] { below(Eralink.self) }

    /// The words that name a command, without the program's own.
    package static func path(to command: any ParsableCommand.Type) -> [String] {
        func search(_ parent: any ParsableCommand.Type) -> [String]? {
            for child in parent.configuration.subcommands {
                if child == command { return [child._commandName] }
                if let rest = search(child) { return [child._commandName] + rest }
            }
            return nil
        }
        return search(Eralink.self) ?? []
    }

    private static func below(_ parent: any ParsableCommand.Type) -> [any ParsableCommand.Type] {
        parent.configuration.subcommands.flatMap { [$0] + below($0) }
    }
}
