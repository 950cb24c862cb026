import AgentProtocol
import Domain
import Store

extension AgentMethods {
    /// `file.link`: a link that opens one file without a token, until it expires.
    func link(_ link: FileLink, as actor: Actor) async throws(EralinkError) -> [UInt8] {
        let record = try await server.store.file(link.file, for: actor)
        guard let links = server.settings.links, let base = server.settings.filesURL else {
            throw EralinkError(
                .unsupported, "this ChatServer has no key to sign links with: set secrets.key_file where it runs",
                details: [.init("feature", "file.link")])
        }
        let expiry = server.clock().microseconds / 1_000_000 + Int64(link.seconds ?? Self.linkSeconds)
        return AgentResult.link(
            base + links.path(to: link.file, account: record.file.account, until: expiry),
            expiresAt: Timestamp(seconds: expiry))
    }

    private static var linkSeconds: Int { 3600 }
}
