import AgentClient
import ArgumentParser
import Domain
import FoundationEssentials
import JSON
import Terminal

struct InteractionsExport: ContextCommand {
    static let configuration = CommandConfiguration(
        commandName: "export", abstract: "Write chats and their messages to a file: JSON lines, CSV or a page to read.",
        discussion: """
            What was interrupted goes on where it stood when the same command line is given again. jsonl has a chat a line, csv \
            a message a row, html is one page without scripts that links to files at files.url.
            """)

    static let examples = [
        CommandExample("eralink interactions export --from 24h --file day.jsonl", "the last day, a chat a line"),
        CommandExample(
            "eralink interactions export --from 2026-01-01T00:00:00Z --to 2026-02-01T00:00:00Z --format csv --file jan.csv",
            "a month for a spreadsheet"),
        CommandExample("eralink interactions export 42 --format html --file 42.html", "one chat, to read and to print"),
    ]

    @Argument(help: "Chats by their ids; or give --from.")
    var interactions: [String] = []

    @Option(help: ArgumentHelp("Chats with customer messages received at or after this moment.", valueName: "time|ago"))
    var from: String?

    @Option(help: ArgumentHelp("And before this one; now by default.", valueName: "time|ago"))
    var to: String?

    @Option(help: "Only those whose customer's name, phone or id contains this.")
    var query: String?

    @Option(help: "jsonl, csv or html; by default what the file's name ends in, else jsonl.")
    var format: ExportForm?

    @Option(help: ArgumentHelp("Where to write; standard output by default.", valueName: "path"), completion: .file())
    var file: String?

    @Flag(help: "Write over a file that is there.")
    var force = false

    @OptionGroup var options: ChatQueryOptions
    @OptionGroup var shared: SharedOptions

    func validate() throws {
        guard interactions.isEmpty != (from == nil) else {
            throw ValidationError("Give chats by their ids, or a period with --from")
        }
    }

    func run(_ context: CommandContext) async throws {
        let named = file.flatMap { ExportForm(rawValue: $0.split(separator: ".").last.map(String.init) ?? "") }
        let form = format ?? named ?? .jsonl
        let writer = form.writer(files: context.settings.urls.files)
        let loader = try context.patientLoader()
        let again = "eralink interactions export " + words(form).joined(separator: " ")
        try await context.withInterruption(resume: { file == nil || from == nil ? nil : again }) { interruption in
            if from == nil {
                try await exportNamed(loader, writer, context, interruption)
            } else {
                try await exportPeriod(loader, form, writer, context, interruption)
            }
        }
    }

    /// The command line that means this export.
    private func words(_ form: ExportForm) -> [String] {
        let pairs: [(String, String?)] = [
            ("--from", from), ("--to", to), ("--account", options.account), ("--state", options.state?.rawValue),
            ("--agent", options.agent), ("--query", query), ("--format", form.rawValue), ("--file", file),
        ]
        return pairs.flatMap { name, value in value.map { [name, $0.contains(" ") ? "\"\($0)\"" : $0] } ?? [] }
    }

    private func exportNamed(
        _ loader: Loader, _ writer: any ExportWriter, _ context: CommandContext, _ interruption: Interruption
    ) async throws {
        // Before a file is made: they must be there.
        var chats: [JSONValue] = []
        for id in interactions { chats.append(try await loader.chat(id)) }
        let out = try open(context, keeping: nil)
        try out.write(writer.beginning)
        for chat in chats where !interruption.isRequested {
            _ = try await write(chat, loader, writer, out)
        }
        try out.write(writer.end)
        try out.flush()
    }

    /// - Parameter bytes: of what is gone on with; nil begins anew.
    private func open(_ context: CommandContext, keeping bytes: Int?) throws -> ExportFile {
        guard let file else { return ExportFile(context.output) }
        if bytes == nil, !force, FileManager.default.fileExists(atPath: file) {
            throw EralinkError(
                .conflict, "\(file) is there already; choose another name, or write over it with --force",
                details: [.init("file", file)])
        }
        return try ExportFile(path: file, keeping: bytes ?? 0)
    }

    private func write(
        _ chat: JSONValue, _ loader: Loader, _ writer: any ExportWriter, _ out: ExportFile
    ) async throws -> Int {
        try out.write(writer.chatBeginning(chat))
        var count = 0
        try await loader.messages(of: chat["id"]?.string ?? "") { message in
            try out.write(writer.message(message, of: chat, isFirst: count == 0))
            count += 1
        }
        try out.write(writer.chatEnd(chat))
        return count
    }

    private func exportPeriod(
        _ loader: Loader, _ form: ExportForm, _ writer: any ExportWriter, _ context: CommandContext,
        _ interruption: Interruption
    ) async throws {
        let query = try options.query(from: from ?? "", to: to, text: query, context)
        let before = try file.flatMap { try force ? nil : resumable($0, form) }
        var progress = before ?? ExportProgress(form: form, query: query, words: words(form))
        let out = try open(context, keeping: before?.bytes)
        if before != nil { context.output.note("going on after \(progress.chats) chats") }
        let bar = context.progress(
            "exporting", total: try await loader.count(progress.query), begun: progress.chats)
        defer { bar.finish() }
        if before == nil {
            try out.write(writer.beginning)
            try save(&progress, out)
        }
        while true {
            let page = try await loader.chats(progress.query, page: progress.page, limit: 200)
            for chat in page.items.dropFirst(progress.done) {
                if interruption.isRequested { return }
                progress.messages += try await write(chat, loader, writer, out)
                progress.chats += 1
                progress.done += 1
                try save(&progress, out)
                bar.advance()
            }
            guard let next = page.next else { break }
            progress.page = next
            progress.done = 0
        }
        try out.write(writer.end)
        try out.flush()
        if let file { try? FileManager.default.removeItem(atPath: ExportProgress.path(of: file)) }
        bar.finish()
        context.output.note("exported \(progress.chats) chats, \(progress.messages) messages")
    }

    private func save(_ progress: inout ExportProgress, _ out: ExportFile) throws {
        guard let file else { return }
        try out.flush()
        progress.bytes = out.bytes
        try progress.write(of: file)
    }

    /// Where the same export stopped before; nil begins anew. Throws `conflict` where the file belongs to another one.
    private func resumable(_ file: String, _ form: ExportForm) throws -> ExportProgress? {
        guard let progress = ExportProgress.read(of: file) else { return nil }
        guard FileManager.default.fileExists(atPath: file) else { return nil }
        guard progress.words == words(form) else {
            throw EralinkError(
                .conflict,
                "\(file) holds another export that is not done: eralink interactions export \(progress.words.joined(separator: " ")); finish that one, or begin anew with --force",
                details: [.init("file", file)])
        }
        return progress
    }
}
