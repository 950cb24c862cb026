import ConnectorKit
import Domain

/// The files of a connector that sends nothing.
struct NoFiles: OutgoingFiles {
    func file(_ id: FileID) async throws(EralinkError) -> OutgoingFile {
        throw EralinkError(.notFound, "a check has no files")
    }

    func bytes(of id: FileID) -> any AsyncSequence<[UInt8], any Error> & Sendable {
        AsyncThrowingStream<[UInt8], any Error> { $0.finish() }
    }

    func link(to file: OutgoingFile) -> String? { nil }

    func remember(_ reference: String, of id: FileID, as use: String) async {}
}
