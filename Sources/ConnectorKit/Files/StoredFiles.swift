import Domain
import Logging
import Store

/// The account's files for its connector, out of the database.
package struct StoredFiles: OutgoingFiles {
    /// How long a messenger may fetch a file: receivers may be away for two weeks (providers' digest viber.md, section 6).
    static let linkLifetime: Int64 = 15 * 86_400

    private let store: Store
    private let account: String
    private let publicURL: String?
    private let links: FileLinks
    private let logger: Logger

    package init(store: Store, account: ConnectorAccount, links: FileLinks, logger: Logger) {
        self.store = store
        self.account = account.name
        publicURL = account.settings["public_url"].map { $0.hasSuffix("/") ? String($0.dropLast()) : $0 }
        self.links = links
        self.logger = logger
    }

    package func file(_ id: FileID) async throws(EralinkError) -> OutgoingFile {
        let record = try await store.file(id, account: account)
        guard record.file.state == .ready, let size = record.file.size else {
            throw EralinkError(
                .conflict, "the bytes of file \(id) are not there: it is \(record.file.state.rawValue)",
                details: [.init("state", record.file.state.rawValue)])
        }
        return OutgoingFile(
            id: id, name: record.file.name ?? "file", mime: record.file.mime ?? "application/octet-stream", size: size,
            width: record.width, height: record.height, references: record.references)
    }

    /// Where the size is not known any more, the reading itself finds out.
    package func bytes(of id: FileID) -> any AsyncSequence<[UInt8], any Error> & Sendable {
        WholeFile(store: store, account: account, id: id)
    }

    package func link(to file: OutgoingFile) -> String? {
        publicURL.map {
            $0
                + links.path(
                    to: file.id, account: account, named: file.name, until: Timestamp.now.seconds + Self.linkLifetime)
        }
    }

    package func remember(_ reference: String, of id: FileID, as use: String) async {
        do throws(EralinkError) {
            try await store.remember(reference, of: id, as: use)
        } catch {
            logger.debug("a file's reference was not kept", metadata: ["file": "\(id)", "error": "\(error)"])
        }
    }
}

/// All bytes of a file, whose size is looked up when the first ones are asked for.
private struct WholeFile: AsyncSequence, Sendable {
    let store: Store
    let account: String
    let id: FileID

    func makeAsyncIterator() -> Iterator { Iterator(whole: self) }

    struct Iterator: AsyncIteratorProtocol {
        let whole: WholeFile
        private var bytes: FileBytes.Iterator?

        init(whole: WholeFile) { self.whole = whole }

        mutating func next() async throws -> [UInt8]? {
            if bytes == nil {
                let size = try await whole.store.file(whole.id, account: whole.account).file.size ?? 0
                bytes = whole.store.bytes(of: whole.id, in: 0..<size).makeAsyncIterator()
            }
            return try await bytes?.next()
        }
    }
}

extension Timestamp {
    /// Whole seconds since 1970.
    package var seconds: Int64 { microseconds / 1_000_000 }
}
