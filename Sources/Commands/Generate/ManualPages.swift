import ArgumentParser

/// The manual: a page a command, or a page a family of commands, and the pages of what all of them share.
enum ManualPages {
    /// By the names of their files.
    static func all() throws -> [(name: String, page: ManualPage)] {
        let program = try CommandDescription.program()
        let shared = try CommandDescription.sharedArguments()
        let commands = program.subcommands.map { command in
            ("\(command.words.joined(separator: "-")).1", CommandPage.page(of: command, shared: shared))
        }
        return [("eralink.1", CommandPage.root(program, shared: shared))] + commands + [
            ("eralink-settings.5", SettingsPage.page), ("eralink-protocol.7", ProtocolPage.page),
            ("eralink-exit.7", ExitPage.page),
        ]
    }
}
