import Domain
import FoundationEssentials
import JSON

/// How far an export has come: kept beside its file until it is done, so that the same command line goes on from there.
struct ExportProgress: Equatable {
    /// The export itself: another one does not go on here.
    var form: ExportForm
    var query: ChatQuery
    /// Given as a duration ago, moments differ from run to run; the words are compared instead.
    var words: [String]
    /// The page that is being written, and how many of its chats are.
    var page: String?
    var done = 0
    /// Of all pages.
    var chats = 0
    var messages = 0
    /// What of the file holds whole chats.
    var bytes = 0

    static func path(of file: String) -> String { file + ".resume" }

    /// Nil where there is none to go on from.
    static func read(of file: String) -> ExportProgress? {
        guard let bytes = FileBytes.read(path(of: file)), let json = try? JSONValue(parsing: bytes),
            let form = json["form"]?.string.flatMap(ExportForm.init(rawValue:)),
            let from = json["from"]?.string.flatMap({ Timestamp(rfc3339: $0) }),
            let to = json["to"]?.string.flatMap({ Timestamp(rfc3339: $0) })
        else { return nil }
        func count(_ name: String) -> Int { json[name]?.int64.flatMap { Int(exactly: $0) } ?? 0 }
        var progress = ExportProgress(
            form: form,
            query: ChatQuery(
                from: from, to: to, account: json["account"]?.string, state: json["state"]?.string,
                agent: json["agent"]?.string, text: json["query"]?.string),
            words: json["words"]?.array?.compactMap(\.string) ?? [], page: json["page"]?.string)
        progress.done = count("done")
        progress.chats = count("chats")
        progress.messages = count("messages")
        progress.bytes = count("bytes")
        return progress
    }

    /// Atomically: a crash leaves the one before.
    func write(of file: String) throws {
        let text = JSONText.object {
            $0.member("form", form.rawValue)
            $0.member("words", words)
            $0.member("from", query.from.description)
            $0.member("to", query.to.description)
            $0.optional("account", query.account)
            $0.optional("state", query.state)
            $0.optional("agent", query.agent)
            $0.optional("query", query.text)
            $0.optional("page", page)
            $0.member("done", done)
            $0.member("chats", chats)
            $0.member("messages", messages)
            $0.member("bytes", bytes)
        }
        try Data((text + "\n").utf8).write(to: URL(filePath: Self.path(of: file)), options: .atomic)
    }
}
