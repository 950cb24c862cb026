import ConnectorKit
import Domain

/// For whoever asks a messenger about an account, and sends nothing.
struct NoFiles: OutgoingFiles {
    func file(_ id: FileID) async throws(EralinkError) -> OutgoingFile {
        throw EralinkError(.notFound, "there is no file \(id)")
    }

    func bytes(of id: FileID) -> any AsyncSequence<[UInt8], any Error> & Sendable {
        AsyncThrowingStream<[UInt8], any Error>(bufferingPolicy: .bufferingOldest(1)) { $0.finish() }
    }

    func link(to file: OutgoingFile) -> String? { nil }

    func remember(_ reference: String, of id: FileID, as use: String) async {}
}
