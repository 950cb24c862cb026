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

        /// The name by which a shell finds the script in its folder of completions.
        var fileName: String {
            switch self {
            case .bash: "eralink"
            case .zsh: "_eralink"
            case .fish: "eralink.fish"
            }
        }

        var script: String {
            let shell: CompletionShell =
                switch self {
                case .bash: .bash
                case .zsh: .zsh
                case .fish: .fish
                }
            return Eralink.completionScript(for: shell) + "\n"
        }
    }

    func run(_ context: CommandContext) async throws { try context.output.text(shell.script) }
}
