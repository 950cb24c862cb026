import ConnectorKit
import Domain
import Synchronization

/// The account's files in memory, for a connector without a database behind it.
package final class StandInFiles: OutgoingFiles {
    package struct Stored: Sendable {
        package var file: OutgoingFile
        package var bytes: [UInt8]
        package var state = FileState.ready

        package init(_ file: OutgoingFile, _ bytes: [UInt8]) {
            self.file = file
            self.bytes = bytes
        }

        /// A file of these bytes, named and typed as given.
        package init(
            _ id: Int64, _ name: String, _ mime: String, _ bytes: [UInt8], width: Int? = nil, height: Int? = nil,
            references: [String: String] = [:]
        ) {
            self.init(
                OutgoingFile(
                    id: FileID(id), name: name, mime: mime, size: Int64(bytes.count), width: width, height: height,
                    references: references), bytes)
        }
    }

    private let stored: Mutex<[FileID: Stored]>
    private let noted = Mutex<[String]>([])
    private let publicURL: String?

    /// - Parameter publicURL: what links to files begin with; nil where the account has none.
    package init(_ files: [Stored] = [], publicURL: String? = nil) {
        stored = Mutex(Dictionary(files.map { ($0.file.id, $0) }) { _, last in last })
        self.publicURL = publicURL
    }

    /// What was remembered, in order: `<file> <use> <reference>`.
    package var remembered: [String] { noted.withLock { $0 } }

    package func file(_ id: FileID) async throws(EralinkError) -> OutgoingFile {
        guard let file = stored.withLock({ $0[id] }) else {
            throw EralinkError(.notFound, "the account has no file \(id)")
        }
        guard file.state == .ready else {
            throw EralinkError(
                .conflict, "the bytes of file \(id) are not there: it is \(file.state.rawValue)",
                details: [.init("state", file.state.rawValue)])
        }
        return file.file
    }

    package func bytes(of id: FileID) -> any AsyncSequence<[UInt8], any Error> & Sendable {
        let bytes = stored.withLock { $0[id]?.bytes } ?? []
        let size = 256 << 10
        return AsyncThrowingStream<[UInt8], any Error> { continuation in
            for start in stride(from: 0, to: bytes.count, by: size) {
                continuation.yield(Array(bytes[start..<min(start + size, bytes.count)]))
            }
            continuation.finish()
        }
    }

    package func link(to file: OutgoingFile) -> String? {
        publicURL.map { "\($0)/files/support/\(file.id)/1790000000.signature/\(file.name)" }
    }

    package func remember(_ reference: String, of id: FileID, as use: String) async {
        noted.withLock { $0.append("\(id) \(use) \(reference)") }
        stored.withLock { $0[id]?.file.references[use] = reference }
    }
}

/// Takes the bytes of a fetched file.
package final class StandInSink: FileSink {
    package struct Taken: Sendable, Equatable {
        package var name: String?
        package var mime: String?
        package var size: Int64?
        package var bytes: [UInt8] = []
        package var begun = 0
    }

    private let state = Mutex(Taken())
    private let limit: Int64

    /// - Parameter limit: bytes; past it `begin` and `write` throw `too_large`.
    package init(limit: Int64 = 50 << 20) { self.limit = limit }

    package var taken: Taken { state.withLock { $0 } }

    package func begin(name: String?, mime: String?, size: Int64?) async throws(EralinkError) {
        if let size, size > limit { throw EralinkError(.tooLarge, "the file is larger than \(limit) bytes") }
        state.withLock { $0 = Taken(name: name, mime: mime, size: size, begun: $0.begun + 1) }
    }

    package func write(_ bytes: [UInt8]) async throws(EralinkError) {
        let isOver = state.withLock { state in
            state.bytes += bytes
            return Int64(state.bytes.count) > limit
        }
        if isOver { throw EralinkError(.tooLarge, "the file is larger than \(limit) bytes") }
    }
}
