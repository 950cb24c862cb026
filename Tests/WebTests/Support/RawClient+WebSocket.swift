/// A frame as it stood on the wire.
struct RawFrame: Sendable, Equatable {
    var opcode: UInt8
    var payload: [UInt8]

    var text: String { String(decoding: payload, as: UTF8.self) }
    var closeCode: Int? { payload.count >= 2 ? Int(payload[0]) << 8 | Int(payload[1]) : nil }
    var closeReason: String { String(decoding: payload.dropFirst(2), as: UTF8.self) }

    /// The bytes of a frame, masked unless told otherwise.
    static func bytes(
        _ opcode: UInt8, _ payload: [UInt8] = [], isFinal: Bool = true, reserved: UInt8 = 0, isMasked: Bool = true
    ) -> [UInt8] {
        var bytes: [UInt8] = [(isFinal ? 0x80 : 0) | reserved << 4 | opcode]
        let mask: UInt8 = isMasked ? 0x80 : 0
        switch payload.count {
        case ..<126: bytes.append(mask | UInt8(payload.count))
        case ...0xFFFF: bytes += [mask | 126, UInt8(payload.count >> 8), UInt8(payload.count & 0xFF)]
        default: bytes += [mask | 127] + (0..<8).reversed().map { UInt8(payload.count >> ($0 * 8) & 0xFF) }
        }
        guard isMasked else { return bytes + payload }
        let key: [UInt8] = [0x12, 0x34, 0x56, 0x78]
        return bytes + key + payload.enumerated().map { $1 ^ key[$0 % 4] }
    }

    static func text(_ text: String, isFinal: Bool = true) -> [UInt8] { bytes(1, Array(text.utf8), isFinal: isFinal) }
}

extension RawClient {
    static let handshake = """
        GET /v1/agent HTTP/1.1\r
        Host: test\r
        Connection: Upgrade\r
        Upgrade: websocket\r
        Sec-WebSocket-Version: 13\r
        Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r
        Authorization: Bearer good\r
        \r

        """

    /// Connects and shakes hands.
    static func webSocket(_ port: Int) async throws -> RawClient {
        let client = try await connect(port)
        try await client.send(handshake)
        let response = try await client.response()
        guard response.status == 101 else { throw NoResponse(pending: response.head) }
        return client
    }

    /// The next frame; nil where the peer ended.
    func frame() async throws -> RawFrame? {
        try await read { bytes in
            guard bytes.count >= 2 else { return nil }
            var length = Int(bytes[1] & 0x7F)
            var start = 2
            if length >= 126 {
                let count = length == 126 ? 2 : 8
                guard bytes.count >= 2 + count else { return nil }
                length = bytes[2..<(2 + count)].reduce(0) { $0 << 8 | Int($1) }
                start = 2 + count
            }
            guard bytes.count >= start + length else { return nil }
            let frame = RawFrame(opcode: bytes[0] & 0x0F, payload: Array(bytes[start..<(start + length)]))
            bytes.removeFirst(start + length)
            return frame
        }
    }
}
