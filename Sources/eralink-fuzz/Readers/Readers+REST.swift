import AgentProtocol
import ConnectorKit
import Domain

@testable import Web

extension Reader {
    /// Eight bytes of size, then the header's value.
    static let ranges = Reader(
        "ranges", tests: "ConnectorKitTests/Files", seeds: { [[0, 0, 0, 0, 0, 0, 0, 100] + Array($0.utf8)] }
    ) { bytes in
        let size = Int64(bitPattern: bytes.prefix(8).reduce(0) { $0 << 8 | UInt64($1) }) & .max
        let header = String(decoding: bytes.dropFirst(8), as: UTF8.self)
        demand(ByteRange(nil, of: size) == .whole, "no header is a header")
        guard case .part(let part) = ByteRange(header, of: size) else { return }
        demand(!part.isEmpty && part.lowerBound >= 0 && part.upperBound <= size, "\(part) of \(size) bytes")
        let plain = "bytes=\(part.lowerBound)-\(part.upperBound - 1)"
        demand(ByteRange(plain, of: size) == .part(part), "\(plain) is another part of \(size) bytes")
    }

    /// Path and query of a request, and the queries of the Loader.
    static let targets = Reader(
        "targets", tests: "WebTests", "AgentProtocolTests", "InteractionLoaderTests", seeds: queries
    ) {
        bytes in
        guard let target = try? RequestTarget(String(decoding: bytes, as: UTF8.self)) else { return }
        let path = target.segments.map { "/" + encoded($0) }.joined()
        let query = target.query.map { "\(encoded($0.name))=\(encoded($0.value))" }.joined(separator: "&")
        let again = try? RequestTarget("\(path)?\(query)")
        demand(again?.segments == target.segments, "the path's segments come back as others")
        demand(again?.query == target.query, "the query comes back as another")
        rest(target.query.map { (name: $0.name, value: $0.value) }, id: target.segments.last ?? "")
    }

    private static func rest(_ query: [(name: String, value: String)], id: String) {
        if let list = try? RestQuery.interactions(query) {
            demand((1...AgentLimits.pageMax).contains(list.limit), "a page of \(list.limit)")
            demand(list.from != nil && list.to != nil, "a period without an end")
        }
        if let list = try? RestQuery.messages(interaction: id, query) {
            demand((1...AgentLimits.pageMax).contains(list.limit), "a page of \(list.limit)")
        }
        _ = try? RestQuery.capabilities(query)
        if let found = try? RestQuery.interaction(id: id, []) {
            demand(Array(found.description.utf8) == Array(id.utf8), "an id has two forms")
        }
    }

    private static func encoded(_ text: String) -> String {
        text.utf8.map { "%" + ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }

    @Sendable private static func queries(_ text: String) -> [[UInt8]] {
        guard !text.hasPrefix("/"), !text.hasPrefix("GET ") else {
            return [Array((text.split(separator: " ").first { $0.hasPrefix("/") } ?? "/").utf8)]
        }
        let value = String(text.prefix(200))
        let period = "from=2026-01-01T00:00:00Z&to=2026-02-01T00:00:00Z"
        return [Array("/v1/interactions/7?\(period)&limit=7&\(value)=\(encoded(value))".utf8)]
    }
}
