import ArgumentParser
import Domain
import FoundationEssentials

/// For whoever changes Eralink: writes what is made from the program into the source tree.
struct GenerateCommand: ContextCommand {
    static let configuration = CommandConfiguration(
        commandName: "generate", abstract: "Write the man pages, completions and API documents of the source tree.",
        shouldDisplay: false)

    static let examples = [
        CommandExample("eralink generate .", "write all of them into the source tree"),
        CommandExample("eralink generate --check .", "say which are not current: exit 1"),
        CommandExample("eralink generate /tmp/eralink", "write them elsewhere"),
    ]

    static let usesSettings = false

    @Flag(help: "Write nothing; fail where a file is not current.")
    var check = false

    @Argument(help: "The root of the source tree.", completion: .directory)
    var directory: String

    @OptionGroup var shared: SharedOptions

    func run(_ context: CommandContext) async throws {
        let files = try GeneratedFile.all()
        let stale = Self.stale(files, in: directory)
        guard !check else {
            guard stale.isEmpty else {
                throw EralinkError(
                    .internal, "not current: \(stale.joined(separator: ", ")); run \"make generate\"", retryable: false)
            }
            return
        }
        let manager = FileManager.default
        let paths = Set(files.map(\.path))
        for path in stale where !paths.contains(path) { try manager.removeItem(atPath: "\(directory)/\(path)") }
        for file in files where stale.contains(file.path) {
            let path = "\(directory)/\(file.path)"
            let folder = path[..<(path.lastIndex(of: "/") ?? path.endIndex)]
            try manager.createDirectory(atPath: String(folder), withIntermediateDirectories: true)
            try Data(file.text.utf8).write(to: URL(filePath: path))
            context.output.note("wrote \(file.path)")
        }
    }

    /// Files that differ or are missing, and those in the folders that nothing makes any more.
    static func stale(_ files: [GeneratedFile], in directory: String) -> [String] {
        let differing = files.filter { file in
            FileBytes.read("\(directory)/\(file.path)", limit: 16 << 20) != Array(file.text.utf8)
        }.map(\.path)
        let paths = Set(files.map(\.path))
        let surplus = GeneratedFile.folders.flatMap { folder in
            ((try? FileManager.default.contentsOfDirectory(atPath: "\(directory)/\(folder)")) ?? []).map {
                "\(folder)/\($0)"
            }
        }.filter { !paths.contains($0) }
        return differing + surplus.sorted()
    }
}
