/// Bounds of what is taken over from an update (design.md, rule 7). Telegram itself stays far below them.
enum TelegramLimits {
    /// An update that is longer is not read as a whole but member by member.
    static let updateBytes = 1 << 20
    /// A member of a message that is longer is kept only as the beginning of its raw text.
    static let memberBytes = 256 << 10
    /// A text that is longer is shown as `unsupported`: a whole event must fit into an agent's frame.
    static let textBytes = 64 << 10
    static let entities = 1000
    static let entityURLBytes = 4 << 10
    /// Of all links of a text together: with the text they fit into an agent's frame.
    static let linkBytes = 32 << 10
    static let rawBytes = 16 << 10
    static let fileIDBytes = 1 << 10
    static let fileNameBytes = 255
    static let mimeBytes = 127
    static let reactions = 100
    /// What getFile gives at most (providers' digest, section 5).
    static let downloadBytes: Int64 = 20 << 20
    static let captionUnits = 1024
    /// UTF-16 units: whatever characters Telegram counts, they are not more.
    static let callbackAnswer = 200
    static let requestBytes = 16 << 10
    static let previewBytes = 400
    static let nameBytes = 512
    static let callbackBytes = 4 << 10
    static let reasonBytes = 500
    static let reportBytes = 4 << 10
}

extension String {
    /// The text, or its beginning with an ellipsis where it is longer than that many bytes of UTF-8; cut between graphemes
    /// where that leaves anything.
    func cut(toBytes limit: Int) -> String {
        guard utf8.count > limit else { return self }
        let room = limit - "…".utf8.count
        var kept = fitting(self, into: room) { $0.utf8.count }
        if kept == startIndex { kept = fitting(unicodeScalars, into: room) { UTF8.width($0) } }
        return String(self[..<kept]) + "…"
    }

    private func fitting<Pieces: Collection>(
        _ pieces: Pieces, into room: Int, _ size: (Pieces.Element) -> Int
    ) -> Index where Pieces.Index == Index {
        var end = startIndex
        var bytes = 0
        while end < endIndex {
            bytes += size(pieces[end])
            guard bytes <= room else { break }
            end = pieces.index(after: end)
        }
        return end
    }
}
