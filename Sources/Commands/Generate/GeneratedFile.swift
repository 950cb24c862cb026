import AgentProtocol
import ArgumentParser
import JSON

/// A file of the source tree that is made from the program, and committed so that people can read it without building.
package struct GeneratedFile: Sendable {
    /// Within the source tree.
    package let path: String
    package let text: String

    /// Folders that hold generated files and nothing else.
    package static let folders = ["man", "completions"]

    package static func all() throws -> [GeneratedFile] {
        let pages = try ManualPages.all().map { GeneratedFile(path: "man/\($0.name)", text: $0.page.text) }
        let scripts = CompletionsCommand.Shell.allCases.map {
            GeneratedFile(path: "completions/\($0.fileName)", text: $0.script)
        }
        return pages + scripts + [
            GeneratedFile(path: "deploy/eralink.yaml", text: exampleSettings),
            GeneratedFile(path: "docs/channels.md", text: ChannelGuide.markdown),
            GeneratedFile(path: "docs/openapi.json", text: OpenAPIDocument.whole.indented),
            GeneratedFile(path: "docs/asyncapi.json", text: AsyncAPIDocument.whole.indented),
        ]
    }

    /// What a package installs: nothing but where the key is made.
    private static var exampleSettings: String {
        ConfigDefaults.file.replacing("#secrets.key_file: FILE", with: "secrets.key_file: /etc/eralink/key")
    }
}
