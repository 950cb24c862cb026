/// A committed position of the event log, as clients hold it: the log's epoch and the position in it.
///
/// The epoch names one life of the log: a database that was restored or replaced has another, and cursors of the old one
/// are answered with `recovered: false` (agent-api.md, "Connection").
package struct Cursor: Sendable, Hashable, CustomStringConvertible {
    package var epoch: String
    package var position: Int64

    package init(epoch: String, position: Int64) {
        self.epoch = epoch
        self.position = position
    }

    /// Nil where the text is not a cursor.
    package init?(text: some StringProtocol) {
        guard let dash = text.lastIndex(of: "-"), let position = Int64(text[text.index(after: dash)...]), position >= 0
        else { return nil }
        let epoch = text[..<dash]
        guard !epoch.isEmpty, epoch.utf8.count <= 32, epoch.utf8.allSatisfy(Self.isEpochByte) else { return nil }
        self.init(epoch: String(epoch), position: position)
        guard description == text else { return nil }
    }

    package var description: String { "\(epoch)-\(position)" }

    private static func isEpochByte(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
    }
}
