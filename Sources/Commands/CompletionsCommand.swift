import ArgumentParser

struct CompletionsCommand: ContextCommand {
    static let configuration = CommandConfiguration(
        commandName: "completions", abstract: "Print a completion script for a shell.")

    static let examples = [
        CommandExample("eralink completions bash > /etc/bash_completion.d/eralink", "for everybody's bash"),
        CommandExample("eralink completions zsh > ~/.zfunc/_eralink", "for zsh, with ~/.zfunc in fpath"),
        CommandExample("eralink completions fish > ~/.config/fish/completions/eralink.fish", "for fish"),
    ]

    static let usesSettings = false

    @Argument(help: "bash, zsh or fish.", completion: .list(["bash", "zsh", "fish"]))
    var shell: Shell

    @OptionGroup var shared: SharedOptions

    enum Shell: String, ExpressibleByArgument, CaseIterable {
        case bash
        case zsh
        case fish
    }

    func run(_ context: CommandContext) async throws {
        let shell: CompletionShell =
            switch shell {
            case .bash: .bash
            case .zsh: .zsh
            case .fish: .fish
            }
        try context.output.text(Eralink.completionScript(for: shell) + "\n")
    }
}
