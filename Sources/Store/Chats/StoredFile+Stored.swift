import AgentProtocol
import Domain
import JSON

extension StoredFile {
    /// Reads what `jsonBytes` wrote: the inbox carries it in that form.
    init?(stored: [UInt8]) {
        guard let value = try? JSONValue(parsing: stored), let id = value["file"]?.string.flatMap(FileID.init(text:)),
            let account = value["account"]?.string, let state = value["state"]?.string.flatMap(FileState.init)
        else { return nil }
        self.init(
            id: id, account: account, state: state, name: value["name"]?.string, mime: value["mime"]?.string,
            size: value["size"]?.int64, sha256: value["sha256"]?.string,
            reason: value["reason"].flatMap { reason in
                reason["code"]?.string.map { Reason(code: $0, text: reason["text"]?.string ?? "") }
            })
    }
}

extension [UInt8] {
    /// A media message's content with what is known of its file now; nil where nothing changes.
    func describing(_ file: StoredFile, _ kind: MessageKind) -> [UInt8]? {
        guard case .media(let mediaKind, var media)? = try? Content(kind: kind, bytes: self), media.file == file.id
        else {
            return nil
        }
        media.describe(file)
        let content = Content.media(mediaKind, media).jsonBytes
        return content == self ? nil : content
    }
}

extension MediaContent {
    /// The bytes that are there know better than the messenger's word.
    mutating func describe(_ file: StoredFile) {
        state = file.state
        mime = file.mime ?? mime
        size = file.size ?? size
        name = file.name ?? name
    }
}
