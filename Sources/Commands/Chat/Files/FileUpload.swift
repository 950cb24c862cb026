import AgentClient
import AgentProtocol
import Domain
import HTTPFetch
import JSON
import Terminal

/// Hands files to an account's FileServer (agent-api.md, "REST": `POST /files/{account}?name=…`).
struct FileUpload: Sendable {
    /// `files_url` of the agent's session, or `files.url`.
    let url: String
    let token: String
    let fetcher: HTTPFetcher

    /// The file object that the server made of it: its own sniffed type is what counts.
    ///
    /// - Parameter progress: told of bytes as they go out.
    /// Throws the server's error; `unavailable` where there is none; a usage error for a file that cannot be read.
    func upload(
        _ path: String, to account: String, progress: @escaping @Sendable (Int) -> Void = { _ in }
    ) async throws -> JSONValue {
        let file = try FileChunks(path: path, taken: progress)
        let base = url.hasSuffix("/") ? String(url.dropLast()) : url
        let target =
            "\(base)/files/\(PercentEncoding.encoded(account))?name=\(PercentEncoding.encoded(file.name))"
        let request = HTTPRequest(
            .post, target,
            headers: [
                "Authorization": "Bearer \(token)", "Content-Type": "application/octet-stream",
                "Accept": "application/json",
            ],
            body: .stream(length: file.length, file),
            // As long as bytes move, a large file may take its time.
            timeouts: HTTPTimeouts(connect: .seconds(5), total: nil, stall: .seconds(60)), label: "the upload")
        do {
            return try answer(try await fetcher.fetch(request))
        } catch let error as HTTPFetchError {
            throw failure(error)
        }
    }

    private func answer(_ response: HTTPResponse) throws -> JSONValue {
        let json = try? JSONValue(parsing: response.body)
        if response.head.isSuccess, let json, json["file"]?.string != nil { return json }
        if let error = json.flatMap({ EralinkError(json: $0) }) { throw error }
        switch response.status {
        case 401: throw EralinkError(.unauthorized, "the file server at \(url) does not take the token")
        case 413: throw EralinkError(.tooLarge, "the file is larger than the file server takes")
        case 415: throw EralinkError(.unsupported, "the file server does not take files of this kind")
        case let status:
            throw EralinkError(
                .unavailable, "the file server at \(url) answered HTTP \(status), and no file; check files.url")
        }
    }

    private func failure(_ error: HTTPFetchError) -> any Error {
        switch error.code {
        case .cancelled: CancellationError()
        case .connect:
            EralinkError(
                .unavailable,
                "file server is not running at \(url); start it with \"eralink connector run\", or set files.url")
        case .requestBody: EralinkError(.internal, "the file changed while it was sent, or cannot be read further")
        case .invalidRequest:
            EralinkError(.invalidParams, "files.url \(url) is no URL like http://127.0.0.1:8090")
        default: EralinkError(.unavailable, "the file server at \(url) did not take the file: \(error.detail)")
        }
    }
}

extension CommandContext {
    /// What uploads for the time of `body`, at the file server that the session names unless `files.url` is set.
    func withFileUpload<R>(
        sessionURL: String?, _ body: (FileUpload) async throws -> R
    ) async throws -> R {
        let isSet = loadedSettings.origins["files.url"] != nil
        let url = isSet ? settings.urls.files : sessionURL ?? settings.urls.files
        let fetcher = HTTPFetcher(
            HTTPFetchConfiguration(
                name: "upload", proxy: settings.client.proxy?.value, caFile: settings.client.caFile,
                logger: logger("upload")))
        do {
            let result = try await body(FileUpload(url: url, token: try agentToken(), fetcher: fetcher))
            await fetcher.close()
            return result
        } catch {
            await fetcher.close()
            throw error
        }
    }
}

extension CommandContext {
    /// Runs an upload under a progress bar; none where the file is gone before a person could read it.
    func uploading<R>(
        _ path: String, _ body: (@escaping @Sendable (Int) -> Void) async throws -> R
    ) async throws -> R {
        let file = try FileChunks(path: path)
        guard file.length >= 1 << 20 else { return try await body { _ in } }
        let bar = progress("uploading \(file.name)", total: file.length, unit: .bytes)
        defer { bar.finish() }
        return try await body { bar.advance(by: $0) }
    }
}
