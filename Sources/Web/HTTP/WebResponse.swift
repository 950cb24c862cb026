/// A response: status, header fields and a body that is there at once or is produced while it is sent.
package struct WebResponse: Sendable {
    package var status: Int
    package var headers: WebHeaders
    package var body: Body

    package enum Body: Sendable {
        case empty
        case bytes([UInt8])
        /// Written piece by piece at the client's pace. With a `length` exactly so many bytes must come, without one the
        /// body is chunked. An error cuts the connection, so that the client cannot take the part for the whole.
        case stream(length: Int64?, produce: @Sendable (WebBodyWriter) async throws -> Void)
    }

    package init(status: Int = 200, headers: WebHeaders = [:], body: Body = .empty) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    package init(status: Int = 200, contentType: String, bytes: [UInt8], headers: WebHeaders = [:]) {
        self.init(status: status, headers: headers, body: .bytes(bytes))
        self.headers["Content-Type"] = contentType
    }

    package static func json(_ bytes: [UInt8], status: Int = 200, headers: WebHeaders = [:]) -> WebResponse {
        WebResponse(status: status, contentType: "application/json", bytes: bytes, headers: headers)
    }

    package static func text(_ text: String, status: Int = 200, headers: WebHeaders = [:]) -> WebResponse {
        WebResponse(status: status, contentType: "text/plain; charset=utf-8", bytes: Array(text.utf8), headers: headers)
    }

    /// A body that is another sequence's chunks, each waited for only when the client has taken the one before.
    package static func stream<Chunks: AsyncSequence & Sendable>(
        _ chunks: Chunks, length: Int64? = nil, status: Int = 200, headers: WebHeaders = [:]
    ) -> WebResponse where Chunks.Element == [UInt8] {
        WebResponse(
            status: status, headers: headers,
            body: .stream(length: length) { writer in
                for try await chunk in chunks { try await writer.write(chunk) }
            })
    }
}
