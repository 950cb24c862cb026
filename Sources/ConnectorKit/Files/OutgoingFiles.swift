import Domain

/// The account's stored files, as a connector that sends them sees them.
package protocol OutgoingFiles: Sendable {
    /// Throws `not_found` where the account has no such file, `conflict` where its bytes are not there (details `state`).
    func file(_ id: FileID) async throws(EralinkError) -> OutgoingFile

    /// Its bytes, in chunks of about 256 KiB, each read when it is asked for.
    func bytes(of id: FileID) -> any AsyncSequence<[UInt8], any Error> & Sendable

    /// A link for the messenger to fetch it by, under the account's `public_url`, good for 15 days:
    /// `/files/{account}/{file}/{exp}.{sig}/{name.ext}`. Nil where the account has no `public_url`.
    func link(to file: OutgoingFile) -> String?

    /// Keeps what the messenger calls the file from now on (Telegram's `file_id`), so that it need not be uploaded again. Of
    /// no consequence when lost.
    func remember(_ reference: String, of id: FileID, as use: String) async
}

package struct OutgoingFile: Sendable, Equatable {
    package var id: FileID
    /// Sanitised, at most 255 bytes, with an extension that fits the type.
    package var name: String
    /// Sniffed.
    package var mime: String
    package var size: Int64
    package var width: Int?
    package var height: Int?
    /// By the use under which it was remembered.
    package var references: [String: String]

    package init(
        id: FileID, name: String, mime: String, size: Int64, width: Int? = nil, height: Int? = nil,
        references: [String: String] = [:]
    ) {
        self.id = id
        self.name = name
        self.mime = mime
        self.size = size
        self.width = width
        self.height = height
        self.references = references
    }
}
