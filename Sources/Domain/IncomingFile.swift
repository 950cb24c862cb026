/// A file that the messenger announced: where its bytes are, and what is known of it before they are fetched.
package struct IncomingFile: Sendable, Equatable {
    /// What the connector fetches it by: the messenger's id of it, or its URL.
    package var source: String
    /// The same for the same file however often it comes, where the messenger has such a key.
    package var uniqueKey: String?
    package var name: String?
    package var mime: String?
    /// Bytes, as the messenger says; it may lie.
    package var size: Int64?
    /// Why the bytes will never be fetched (over the messenger's limit for bots, say): the file is `failed` from the start.
    package var refusal: Reason?

    package init(
        source: String, uniqueKey: String? = nil, name: String? = nil, mime: String? = nil, size: Int64? = nil,
        refusal: Reason? = nil
    ) {
        self.source = source
        self.uniqueKey = uniqueKey
        self.name = name
        self.mime = mime
        self.size = size
        self.refusal = refusal
    }
}

extension FileID {
    /// Stands in what a connector read until the store gives the file its id.
    package static let unassigned = FileID(0)

    /// Ids of files are random, so that they need no round trip and tell nobody how many there are.
    package static func random() -> FileID { FileID(Int64.random(in: 1...Int64.max)) }
}
