import Access
import AgentProtocol
import Domain
import JSON
import Logging
import Store
import Web

/// Takes and gives the files of one account, at both members of a connector pair (agent-api.md, "REST", FileServer). Bytes pass
/// through in constant memory.
package struct FileServer: Sendable {
    package struct Settings: Sendable {
        /// Bytes of an upload at most (`limits.upload_bytes`).
        package var uploadLimit: Int64
        /// Of one token (`limits.requests_per_token_per_s`).
        package var requestsPerSecond: Int
        /// Where agents reach files (`files.url`), for the links they ask for.
        package var filesURL: String

        package init(uploadLimit: Int64, requestsPerSecond: Int, filesURL: String) {
            self.uploadLimit = uploadLimit
            self.requestsPerSecond = requestsPerSecond
            self.filesURL = filesURL
        }
    }

    let account: String
    let settings: Settings
    let store: Store
    let links: FileLinks
    let watch: AccountWatch
    let gate: TokenGate
    let transferred: MetricCounter
    let logger: Logger

    package init(
        account: String, settings: Settings, store: Store, links: FileLinks, watch: AccountWatch,
        metrics: MetricsRegistry,
        logger: Logger
    ) {
        self.account = account
        self.settings = settings
        self.store = store
        self.links = links
        self.watch = watch
        self.logger = logger
        gate = TokenGate(requestsPerSecond: settings.requestsPerSecond) { secret throws(EralinkError) in
            try await store.token(secret)
        }
        transferred = metrics.counter(
            "eralink_files_bytes_total", help: "Bytes of files taken and given.", labels: ["account", "direction"])
    }

    package var routes: [WebRoute] {
        [
            WebRoute(.post, "/files/{account}", bodyLimit: settings.uploadLimit) { request in
                await answer { () async throws in try await upload(request) }
            },
            WebRoute(.get, "/files/{account}/{file}") { request in
                await answer { () async throws in
                    let id = try file(in: request)
                    try await admit(request, to: id)
                    return try await give(id, to: request)
                }
            },
            WebRoute(.post, "/files/{account}/{file}/link", bodyLimit: 4096) { request in
                await answer { () async throws in try await link(request) }
            },
            WebRoute(.get, "/files/{account}/{file}/{signature}/{name}") { request in
                await answer { () async throws in
                    let id = try file(in: request)
                    let parts = request.parameter("signature").split(separator: ".", maxSplits: 1)
                    guard parts.count == 2, let expiry = Int64(parts[0]),
                        links.admits(
                            id, account: account, expiry: expiry, signature: String(parts[1]),
                            now: Timestamp.now.seconds)
                    else { throw EralinkError.noFile }
                    return try await give(id, to: request)
                }
            },
            .document("/openapi.json") { OpenAPIDocument.bytes(of: .files) },
        ]
    }

    private func answer(_ body: () async throws -> WebResponse) async -> WebResponse {
        do {
            return try await body()
        } catch let error as EralinkError {
            return .problem(error, headers: ["Cache-Control": "no-store"])
        } catch {
            return .problem(EralinkError(.unavailable, "the request was not finished", retryAfterMilliseconds: 1000))
        }
    }

    // MARK: who may

    /// The file that the path names, on this account.
    private func file(in request: WebRequest) throws(EralinkError) -> FileID {
        guard request.parameter("account") == account, let id = FileID(text: request.parameter("file")) else {
            throw .noFile
        }
        return id
    }

    /// A live token that is granted the account.
    func agent(_ request: WebRequest) async throws(EralinkError) -> Actor {
        let actor = try await gate.admit(try request.bearerToken())
        guard request.parameter("account") == account, actor.isGranted(account) else { throw .noFile }
        return actor
    }

    /// A signed link that has not expired, or a token.
    private func admit(_ request: WebRequest, to id: FileID) async throws(EralinkError) {
        var expiry: Int64?
        var signature: String?
        for item in request.query {
            switch item.name {
            case "exp" where expiry == nil: expiry = Int64(item.value)
            case "sig" where signature == nil: signature = item.value
            default:
                throw EralinkError(
                    .invalidParams, "\(item.name) is not known here, or stands twice",
                    details: [.init("member", item.name)])
            }
        }
        if expiry != nil || signature != nil {
            guard let expiry, let signature,
                links.admits(id, account: account, expiry: expiry, signature: signature, now: Timestamp.now.seconds)
            else { throw EralinkError(.unauthorized, "the link is not valid, or has expired; ask for a new one") }
            return
        }
        _ = try await agent(request)
    }

    // MARK: links

    private func link(_ request: WebRequest) async throws -> WebResponse {
        let id = try file(in: request)
        _ = try await agent(request)
        let body = try await request.body.collect(upTo: 4096)
        let lifetime = try FileLinkBody.lifetime(body)
        _ = try await store.file(id, account: account)
        let expiry = Timestamp.now.seconds + lifetime
        let answer = JSONWriter.object { writer in
            writer.member("url", settings.filesURL + links.path(to: id, account: account, until: expiry))
            writer.member("expires_at", Timestamp(seconds: expiry))
        }
        return .json(answer, headers: ["Cache-Control": "no-store"])
    }
}

extension EralinkError {
    static let noFile = EralinkError(.notFound, "there is no such file")
}
