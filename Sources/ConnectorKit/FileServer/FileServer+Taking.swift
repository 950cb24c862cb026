import AgentProtocol
import Domain
import JSON
import Store
import Web

extension FileServer {
    /// An upload, straight into the database. One that ends too early leaves nothing.
    func upload(_ request: WebRequest) async throws -> WebResponse {
        let actor = try await agent(request)
        let name = try name(in: request)
        let declared = request.headers["Content-Type"].map { $0.split(separator: ";").first.map(String.init) ?? $0 }
        guard declared?.lowercased().hasPrefix("multipart/") != true else {
            return .problem(
                EralinkError(.invalidRequest, "send the file's bytes as the body, not a form"), status: 415)
        }
        if let length = request.contentLength, length > settings.uploadLimit {
            throw FileContent.tooLarge(settings.uploadLimit)
        }
        let served = try await watch.current()
        let id = FileID.random()
        try await store.beginUpload(id, account: served.account.id, name: name ?? "file", by: actor.name)
        do {
            let content = FileContent(of: id, store: store, limit: settings.uploadLimit)
            for try await chunk in request.body {
                try await content.append(chunk)
                transferred.add(Double(chunk.count), account, "in")
            }
            let digest = try await content.finish()
            guard digest.size > 0 else { throw EralinkError(.invalidRequest, "the file is empty") }
            let type = FileType.sniffed(digest.head, declared: declared, name: name)
            let kept = FileName.sanitised(name, for: type)
            try await store.finishUpload(id, name: kept, mime: type.mime, digest)
            let file = StoredFile(
                id: id, account: account, state: .ready, name: kept, mime: type.mime, size: digest.size,
                sha256: digest.sha256.hexadecimal)
            return .json(file.jsonBytes, status: 201, headers: ["Location": "/files/\(account)/\(id)"])
        } catch {
            // In a task of its own, since ours may be cancelled by the client's leaving. It ends with one statement; what it cannot
            // remove goes with the next upkeep.
            Task { [store] in try? await store.dropFile(id) }
            throw error
        }
    }

    private func name(in request: WebRequest) throws(EralinkError) -> String? {
        var name: String?
        for item in request.query {
            guard item.name == "name", name == nil else {
                throw EralinkError(
                    .invalidParams, "\(item.name) is not known here, or stands twice",
                    details: [.init("member", item.name)])
            }
            name = item.value
        }
        return name
    }
}
