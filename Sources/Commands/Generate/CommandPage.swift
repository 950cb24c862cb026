import ArgumentParser

/// Manual pages of commands.
enum CommandPage {
    static func root(_ program: CommandDescription, shared: [CommandDescription.Argument]) -> ManualPage {
        var page = ManualPage("eralink", section: 1, program.abstract)
        page.section("SYNOPSIS")
        page.macro("Nm")
        page.macro("Ar command")
        page.macro("Op Ar option ...")
        page.section("DESCRIPTION")
        page.macro("Nm")
        page.sentences(
            "is both the daemons of an installation and the tool that looks after them. \(program.abstract)")
        for group in Eralink.configuration.groupedSubcommands {
            page.subsection(group.name)
            page.list { page in
                for type in group.subcommands where type.configuration.shouldDisplay {
                    page.macro("It Xr eralink-\(type._commandName) 1")
                    page.sentences(type.configuration.abstract)
                }
            }
        }
        options(shared, "Options of every command", of: &page)
        page.macro("Pp")
        page.sentences(
            """
            Results go to standard output and everything else to standard error. `-o json` and `-o jsonl` print what programs \
            read; then errors are JSON on standard error too. Without a terminal there is neither colour nor animation.

            Durations are written `500ms`, `10s`, `5m`, `2h`, `3d`; a bare number is seconds. Secrets come from files, from \
            standard input or from the environment, never from the command line.

            The first Ctrl-C takes no more work and finishes what is in flight; the second ends at once.
            """)
        page.section("FILES")
        page.list { page in
            for (path, text) in SettingsPage.files { page.item(path, text) }
        }
        page.section("EXIT STATUS")
        page.sentences("0 where it did what it was asked to; the others are in")
        page.macro("Xr eralink-exit 7 .")
        page.section("EXAMPLES")
        page.examples(program.examples)
        let commands = program.subcommands.map { "\($0.words.joined(separator: "-")) 1" }
        page.seeAlso(commands.sorted() + ["eralink-settings 5", "eralink-exit 7", "eralink-protocol 7"])
        return page
    }

    static func page(of command: CommandDescription, shared: [CommandDescription.Argument]) -> ManualPage {
        var page = ManualPage(command.words.joined(separator: "-"), section: 1, command.abstract)
        let leaves = command.leaves
        page.section("SYNOPSIS")
        for leaf in leaves { synopsis(leaf, without: shared, in: &page) }
        page.section("DESCRIPTION")
        page.sentences(command.abstract)
        paragraphs(command.discussion, in: &page)
        if command.subcommands.isEmpty {
            arguments(of: command, without: shared, in: &page)
        } else {
            for leaf in leaves {
                page.subsection(leaf.name)
                page.sentences(leaf.abstract)
                paragraphs(leaf.discussion, in: &page)
                arguments(of: leaf, without: shared, in: &page)
            }
        }
        options(shared, "Options of every command", of: &page)
        page.section("EXIT STATUS")
        page.sentences("See")
        page.macro("Xr eralink-exit 7 .")
        page.section("EXAMPLES")
        var shown: [CommandExample] = []
        for example in command.examples + leaves.flatMap(\.examples) where !shown.contains(example) {
            shown.append(example)
        }
        page.examples(shown)
        page.seeAlso(["eralink 1", "eralink-settings 5", "eralink-exit 7"])
        return page
    }

    private static func paragraphs(_ text: String, in page: inout ManualPage) {
        guard !text.isEmpty else { return }
        page.macro("Pp")
        page.sentences(text)
    }

    private static func synopsis(
        _ command: CommandDescription, without shared: [CommandDescription.Argument], in page: inout ManualPage
    ) {
        page.macro("Nm \(ManualPage.argument(command.name))")
        for argument in command.arguments where !shared.contains(argument) {
            let dots = argument.isRepeating ? " ..." : ""
            page.macro("\(argument.isOptional ? "Op " : "")\(argument.head(last: true))\(dots)")
        }
        page.macro("Op Ar option ...")
    }

    private static func arguments(
        of command: CommandDescription, without shared: [CommandDescription.Argument], in page: inout ManualPage
    ) {
        let own = command.arguments.filter { !shared.contains($0) }
        if !own.isEmpty { list(own, in: &page) }
    }

    private static func options(
        _ arguments: [CommandDescription.Argument], _ title: String, of page: inout ManualPage
    ) {
        page.subsection(title)
        list(arguments, in: &page)
    }

    private static func list(_ arguments: [CommandDescription.Argument], in page: inout ManualPage) {
        page.list { page in
            for argument in arguments {
                page.macro("It \(argument.head(last: false))")
                page.sentences(argument.text)
                if !argument.values.isEmpty { page.sentences("Values: \(argument.values.joined(separator: ", ")).") }
                if let value = argument.defaultValue { page.sentences("Default: \(value).") }
            }
        }
    }
}

extension CommandDescription {
    /// The commands that do something: itself, or those below.
    fileprivate var leaves: [CommandDescription] {
        subcommands.isEmpty ? [self] : subcommands.flatMap(\.leaves)
    }
}

extension CommandDescription.Argument {
    /// In mdoc: `Fl o , Fl -output Ar output`. With `last` its longest name alone.
    fileprivate func head(last: Bool) -> String {
        let value = ManualPage.argument(valueName)
        guard kind != .positional else { return "Ar \(value)" }
        let shown = last ? names.suffix(1) : names[...]
        let flags = shown.map { "Fl \(ManualPage.literal(String($0.dropFirst())))" }.joined(separator: " , ")
        return kind == .flag ? flags : "\(flags) Ar \(value)"
    }
}
