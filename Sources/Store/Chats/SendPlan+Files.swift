import AgentProtocol
import Domain
import JSON
import Postgres

// Sends of media: the file must be whole and of the chat's account, and knows best what it is.
extension SendPlan {
    /// Fills in what is known of the file that a draft sends. Gives the reason where it cannot be sent.
    func complete(_ draft: inout OutgoingDraft, in chat: ChatRow) -> EralinkError? {
        guard case .media(let kind, var media) = draft.content else { return nil }
        guard let record = files[media.file], record.accountID == chat.account.id else {
            return .notFound("file \(media.file) does not exist on account \(chat.account.name)")
        }
        guard record.file.state == .ready else { return Self.notThere(record.file) }
        media.describe(record.file)
        media.width = media.width ?? record.width
        media.height = media.height ?? record.height
        draft.content = .media(kind, media)
        draft.contentJSON = draft.content.jsonBytes
        return nil
    }

    private static func notThere(_ file: StoredFile) -> EralinkError {
        let why =
            switch file.state {
            case .pending: "has not arrived yet; send it when file.updated has come"
            case .expired: "was removed; upload it again"
            default: "could not be fetched from the messenger\(file.reason.map { ": \($0.text)" } ?? "")"
            }
        return EralinkError(
            .conflict, "file \(file.id) \(why)",
            details: [.init("file", file.id.description), .init("state", file.state.rawValue)])
    }
}

extension OutgoingDraft {
    /// The file that it sends.
    var file: FileID? { content.file }
}

extension Content {
    var file: FileID? {
        guard case .media(_, let media) = self else { return nil }
        return media.file
    }
}

extension PostgresQuery {
    /// The files of a batch, locked, so that none is removed before it counts as sent. Nil where there are none.
    static func filesToSend(_ drafts: [OutgoingDraft]) -> PostgresQuery? {
        let ids = Set(drafts.compactMap(\.file)).sorted()
        guard !ids.isEmpty else { return nil }
        return """
            SELECT \(unescaped: FileRecord.columns) FROM file f JOIN account a ON a.id = f.account_id
            WHERE f.id = ANY(\(ids.map(\.value))) ORDER BY f.id FOR NO KEY UPDATE OF f
            """
    }
}

extension [FileID: FileRecord] {
    init(_ result: PostgresResult) throws {
        self = [:]
        for row in result {
            let record = try FileRecord(row)
            self[record.file.id] = record
        }
    }
}
