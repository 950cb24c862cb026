import Domain
import JSON
import Postgres

/// A file's row: what is known of it, without its bytes.
package struct FileRecord: Sendable, Equatable {
    package enum Role: String, Sendable, PostgresCodable { case upload, message, avatar }

    package var file: StoredFile
    package var accountID: AccountID
    package var role: Role
    /// The customer in whose chat it came; nil for uploads.
    package var chat: String?
    package var width: Int?
    package var height: Int?
    /// What the messenger calls it since it was sent there, by use.
    package var references: [String: String]

    /// The columns that `init(_:)` reads, of `file f` and `account a`.
    static let columns = """
        f.id, a.name, f.state, f.name, f.mime, f.size, encode(f.sha256, 'hex'), f.reason_code, f.reason_text, a.id, f.role,
        f.chat, f.width, f.height, f.refs
        """

    init(_ row: PostgresRow) throws(PostgresError) {
        var columns = Columns(row)
        file = StoredFile(id: try columns.next(), account: try columns.next(), state: try columns.next())
        file.name = try columns.next()
        file.mime = try columns.next()
        file.size = try columns.next()
        file.sha256 = try columns.next()
        let code: String? = try columns.next()
        let text: String? = try columns.next()
        file.reason = code.map { Reason(code: $0, text: text ?? "") }
        accountID = try columns.next()
        role = try columns.next()
        chat = try columns.next()
        width = (try columns.next() as Int32?).map(Int.init)
        height = (try columns.next() as Int32?).map(Int.init)
        references = StringMap.read(try columns.next())
    }
}
