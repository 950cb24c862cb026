/// A response as it stood on the wire.
struct RawResponse: Sendable {
    var status: Int
    var head: String
    var body: [UInt8]

    var text: String { String(decoding: body, as: UTF8.self) }

    func header(_ name: String) -> String? {
        for line in head.split(separator: "\r\n").dropFirst() {
            guard let colon = line.firstIndex(of: ":"), line[..<colon].lowercased() == name.lowercased() else {
                continue
            }
            return String(line[line.index(after: colon)...].drop { $0 == " " })
        }
        return nil
    }
}

extension RawClient {
    struct NoResponse: Error {
        let pending: String
    }

    /// Reads one response, its body by Content-Length or by chunks.
    func response(toHead: Bool = false) async throws -> RawResponse {
        let head = try await read { bytes -> String? in
            guard let end = Self.endOfHead(bytes) else { return nil }
            defer { bytes.removeFirst(end) }
            return String(decoding: bytes[..<end], as: UTF8.self)
        }
        guard let head else { throw NoResponse(pending: String(decoding: pending, as: UTF8.self)) }
        let status = Int(head.dropFirst(9).prefix(3)) ?? 0
        var response = RawResponse(status: status, head: head, body: [])
        if toHead || status == 204 || status == 304 || status < 200 { return response }
        if let length = response.header("Content-Length").flatMap({ Int($0) }) {
            response.body = try await take(length)
        } else if response.header("Transfer-Encoding") == "chunked" {
            while let chunk = try await chunk(), !chunk.isEmpty { response.body += chunk }
        } else {
            response.body = try await readToEnd()
        }
        return response
    }

    func take(_ count: Int) async throws -> [UInt8] {
        let bytes = try await read { bytes -> [UInt8]? in
            guard bytes.count >= count else { return nil }
            defer { bytes.removeFirst(count) }
            return Array(bytes[..<count])
        }
        guard let bytes else { throw NoResponse(pending: String(decoding: pending, as: UTF8.self)) }
        return bytes
    }

    private func chunk() async throws -> [UInt8]? {
        try await read { bytes -> [UInt8]? in
            guard let line = bytes.firstIndex(of: 0x0A),
                let size = Int(String(decoding: bytes[..<(line - 1)], as: UTF8.self), radix: 16),
                bytes.count >= line + 1 + size + 2
            else { return nil }
            defer { bytes.removeFirst(line + 1 + size + 2) }
            return Array(bytes[(line + 1)..<(line + 1 + size)])
        }
    }

    private static func endOfHead(_ bytes: [UInt8]) -> Int? {
        guard bytes.count >= 4 else { return nil }
        for index in 0...(bytes.count - 4)
        where bytes[index] == 13 && bytes[index + 1] == 10 && bytes[index + 2] == 13 && bytes[index + 3] == 10 {
            return index + 4
        }
        return nil
    }

    /// One GET, with the connection kept.
    func get(_ target: String, headers: String = "") async throws -> RawResponse {
        try await send("GET \(target) HTTP/1.1\r\nHost: test\r\n\(headers)\r\n")
        return try await response()
    }
}
