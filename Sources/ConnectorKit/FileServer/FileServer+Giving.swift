import Domain
import Store
import Web

extension FileServer {
    /// A file's bytes, or the part that is asked for. One that is on its way is waited for.
    func give(_ id: FileID, to request: WebRequest) async throws(EralinkError) -> WebResponse {
        let record = try await store.settledFile(id, account: account, within: .seconds(30))
        switch record.file.state {
        case .ready: break
        case .pending:
            throw EralinkError(
                .unavailable, "the file is still being fetched from the messenger", retryAfterMilliseconds: 5000)
        case .expired, .failed:
            let why = record.file.reason.map { ": \($0.text)" } ?? ""
            return .problem(
                EralinkError(
                    .notFound, "the file is \(record.file.state.rawValue)\(why)",
                    details: [.init("state", record.file.state.rawValue)]), status: 410)
        }
        let size = record.file.size ?? 0
        let headers = headers(of: record)
        let tag = headers["ETag"] ?? ""
        let known = request.headers.values("If-None-Match").joined(separator: ",")
        if known.contains("*") || known.contains(tag) { return WebResponse(status: 304, headers: headers) }
        // A range of another version of the file would be nobody's: ours never change, but the header may name another file's.
        let isSame = request.headers["If-Range"].map { $0 == tag } ?? true
        switch ByteRange(isSame ? request.headers["Range"] : nil, of: size) {
        case .whole: return stream(id, 0..<size, status: 200, headers)
        case .part(let range):
            var headers = headers
            headers["Content-Range"] = "bytes \(range.lowerBound)-\(range.upperBound - 1)/\(size)"
            return stream(id, range, status: 206, headers)
        case .unsatisfiable:
            return .problem(
                EralinkError(.invalidRequest, "no byte of the file is in that range"), status: 416,
                headers: ["Content-Range": "bytes */\(size)"])
        }
    }

    private func stream(_ id: FileID, _ range: Range<Int64>, status: Int, _ headers: WebHeaders) -> WebResponse {
        let bytes = store.bytes(of: id, in: range)
        let (account, transferred) = (account, transferred)
        return WebResponse(
            status: status, headers: headers,
            body: .stream(length: range.upperBound - range.lowerBound) { writer in
                guard !range.isEmpty else { return }
                var place = range.lowerBound
                var piece = try await bytes.piece(from: place)
                while true {
                    place += Int64(piece.count)
                    let (given, from) = (piece, place)
                    // The next one is read while this one is on its way.
                    async let next = from < range.upperBound ? bytes.piece(from: from) : []
                    try await writer.write(given)
                    transferred.add(Double(given.count), account, "out")
                    piece = try await next
                    if piece.isEmpty { return }
                }
            })
    }

    private func headers(of record: FileRecord) -> WebHeaders {
        let file = record.file
        let type = FileType(mime: file.mime ?? "application/octet-stream", fileExtension: "")
        var headers: WebHeaders = [
            "Content-Type": type.mime, "ETag": "\"\(file.sha256 ?? file.id.description)\"", "Accept-Ranges": "bytes",
            "X-Content-Type-Options": "nosniff", "Cache-Control": "private, max-age=86400, immutable",
            "Content-Disposition": ContentDisposition.text(file.name ?? "file", isShown: type.isShown),
            "Content-Security-Policy": "default-src 'none'; sandbox",
        ]
        if file.mime?.hasPrefix("text/") == true { headers["Content-Type"] = type.mime + "; charset=utf-8" }
        return headers
    }
}
