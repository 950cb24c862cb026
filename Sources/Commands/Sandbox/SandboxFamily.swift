import ArgumentParser

struct SandboxFamily: CommandFamily {
    static let configuration = CommandConfiguration(
        commandName: "sandbox", abstract: "Try everything on loopback: private servers, a simulated messenger.",
        subcommands: [SandboxDemo.self, SandboxUp.self, SandboxMessenger.self])

    static let examples = [SandboxDemo.examples[0], SandboxUp.examples[0], SandboxMessenger.examples[0]]
}
