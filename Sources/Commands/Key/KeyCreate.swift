import ArgumentParser
import Domain
import JSON

struct KeyFamily: CommandFamily {
    static let configuration = CommandConfiguration(
        commandName: "key", abstract: "The key that encrypts secrets and signs links.", subcommands: [KeyCreate.self])

    static let examples = KeyCreate.examples
}

struct KeyCreate: ContextCommand {
    static let configuration = CommandConfiguration(
        commandName: "create",
        abstract: "Make a key file of 32 random bytes, readable by its owner alone.",
        discussion: "Keep a copy of it in a safe place: what it encrypts cannot be read without it.")

    static let examples = [
        CommandExample("eralink key create eralink.key", "make the key of an installation"),
        CommandExample("sudo -u eralink eralink key create /etc/eralink/key", "make it as the user of the daemons"),
        CommandExample("ERALINK_SECRETS_KEY_FILE=eralink.key eralink config show", "use it"),
    ]

    static let usesSettings = false

    @Argument(help: "The file to make; one that exists is left as it is (exit 7).", completion: .file())
    var file: String

    @OptionGroup var shared: SharedOptions

    func run(_ context: CommandContext) async throws {
        try SecretKeyFile.create(at: file, key: context.randomBytes(SecretKeyFile.length))
        try context.output.object(KeyRow(file: file))
        context.output.note("keep a copy in a safe place; name the file in secrets.key_file")
    }
}

private struct KeyRow: OutputRow {
    let file: String

    static let columns = [OutputColumn<Self>("file") { $0.file }]

    func write(to writer: inout JSONWriter) {
        writer.objectValue { $0.member("file", file) }
    }
}
