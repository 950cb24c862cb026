import Domain
import Store

/// Puts what a connector fetches into the database.
actor DownloadSink: FileSink {
    private let content: FileContent
    private let limit: Int64
    private(set) var name: String?
    private(set) var mime: String?

    init(_ content: FileContent, limit: Int64) {
        self.content = content
        self.limit = limit
    }

    func begin(name: String?, mime: String?, size: Int64?) async throws(EralinkError) {
        self.name = name
        self.mime = mime
        if let size, size > limit { throw FileContent.tooLarge(limit) }
    }

    func write(_ bytes: [UInt8]) async throws(EralinkError) { try await content.append(bytes) }
}
