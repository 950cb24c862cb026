import AgentProtocol
import Domain

@testable import ConnectorKit

extension Reader {
    /// A byte of type, a name up to a byte of 255, the first bytes of the file.
    static let names = Reader(
        "names", tests: "ConnectorKitTests/Files", "TelegramTests",
        seeds: { [[0] + Array($0.utf8) + [0xFF, 0xFF, 0xD8, 0xFF]] }
    ) { bytes in
        guard let kind = bytes.first else { return }
        let given = String(decoding: bytes.dropFirst().prefix { $0 != 0xFF }, as: UTF8.self)
        let head = Array(bytes.dropFirst().drop { $0 != 0xFF }.dropFirst().prefix(512))
        let declared = [nil, "text/html", "image/png", "video/mp4", "text/csv", given][Int(kind) % 6]
        let type = FileType.sniffed(head, declared: declared, name: given)
        demand(type.isShown == FileType.sniffed(head).isShown, "a name decides whether a browser shows a file")
        demand(!type.isActive || !type.isShown, "a file that runs is shown")

        let name = FileName.sanitised(given, for: type)
        let scalars = name.unicodeScalars
        demand(name.utf8.count <= FileName.limit, "a name of \(name.utf8.count) bytes")
        demand(!scalars.contains { $0 == "/" || $0 == "\\" }, "a name that leads elsewhere: \(name)")
        demand(!scalars.contains { $0.value < 0x20 || $0.value == 0x7F || $0 == "\"" }, "a name with what nobody sees")
        demand(scalars.first != ".", "a name that hides: \(name)")
        demand(scalars.contains("."), "a name without an extension: \(name)")
        let again = FileName.sanitised(name, for: type)
        demand(Array(again.utf8) == Array(name.utf8), "\"\(name)\" is another name the second time: \"\(again)\"")

        let header = ContentDisposition.text(name, isShown: type.isShown)
        demand(header.utf8.allSatisfy { (0x20...0x7E).contains($0) }, "a header with what a header cannot hold")
        demand(header.utf8.filter { $0 == UInt8(ascii: "\"") }.count == 2, "a name that ends its quotes")
    }

    /// What clients hold for us and give back: what is taken is exactly what we would have given.
    static let cursors = Reader("cursors", tests: "AgentProtocolTests", "DomainTests", seeds: handles) { bytes in
        let text = String(decoding: bytes, as: UTF8.self)
        func same(_ again: String?, _ what: String) {
            if let again { demand(Array(again.utf8) == Array(text.utf8), "a \(what) has two forms: \(text), \(again)") }
        }
        same(Cursor(text: text)?.description, "cursor")
        same(PageToken(text: text)?.text, "page token")
        same(MessageID(text: text)?.description, "id")
        if let moment = Timestamp(rfc3339: text), Timestamp.writable.contains(moment) {
            let written = moment.description
            let again = Timestamp(rfc3339: written)
            demand(again?.milliseconds == moment.milliseconds, "\(text) is written as \(written)")
        }
        if Name.isValid(text) {
            demand(bytes.count <= 64 && bytes.allSatisfy { (0x21...0x7E).contains($0) && $0 != 0x2F }, "a bad name")
        }
    }

    @Sendable private static func handles(_ text: String) -> [[UInt8]] {
        let token = PageToken(
            moment: Timestamp(seconds: Int64(text.utf8.count)),
            last: .withMessages(at: Timestamp(seconds: 1_790_000_000), id: InteractionID(7)))
        return [Array(text.utf8), Array(token.text.utf8), Array("\(Cursor(epoch: "k3x9", position: 41))".utf8)]
    }
}
