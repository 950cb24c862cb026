/// Puts messages together from frames, without I/O (RFC 6455, sections 5.4 to 5.6 and 8.1).
struct MessageAssembler {
    enum Opcode: Sendable {
        case continuation, text, binary
    }

    enum Fault: Error, Equatable {
        case protocolError
        case tooLarge
        case notUTF8
        case binary

        var code: WebSocketCloseCode {
            switch self {
            case .protocolError: .protocolError
            case .tooLarge: .messageTooLarge
            case .notUTF8: .notUTF8
            case .binary: .badFrame
            }
        }
    }

    private let limit: Int
    private var fragments: [UInt8] = []
    private var isFragmented = false

    init(limit: Int) { self.limit = limit }

    /// The whole message where this frame ends it, else nil.
    mutating func receive(
        _ opcode: Opcode, isFinal: Bool, payload: some Collection<UInt8>
    ) throws(Fault) -> [UInt8]? {
        switch opcode {
        case .binary: throw .binary
        case .text: guard !isFragmented else { throw .protocolError }
        case .continuation: guard isFragmented else { throw .protocolError }
        }
        guard fragments.count + payload.count <= limit else { throw .tooLarge }
        if isFinal, !isFragmented { return try Self.checked(Array(payload)) }
        fragments.append(contentsOf: payload)
        isFragmented = !isFinal
        guard isFinal else { return nil }
        defer { fragments = [] }
        return try Self.checked(fragments)
    }

    private static func checked(_ bytes: [UInt8]) throws(Fault) -> [UInt8] {
        do {
            _ = try UTF8Span(validating: bytes.span)
        } catch {
            throw .notUTF8
        }
        return bytes
    }
}
