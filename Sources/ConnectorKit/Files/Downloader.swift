import Coordination
import Domain
import Logging
import Store

/// Fetches what customers sent from the messenger into the database, while the lease is held: at once, a few at one time, again
/// with back-off for a day.
struct Downloader: Sendable {
    static let patience = Duration.seconds(24 * 3600)
    private static let atOnce = 4

    let account: ConnectorAccount
    let connector: any MessengerConnector
    let store: Store
    let coordination: any Coordination
    let term: LeaseTerm
    /// Bytes of a file at most.
    let limit: Int64
    let logger: Logger

    /// Until the task is cancelled or the lease's term is over.
    func run() async {
        await withTaskGroup { group in
            group.addTask { await askForPictures() }
            for _ in 0..<Self.atOnce { group.addTask { await fetchAll() } }
        }
    }

    private var mayGoOn: Bool { !Task.isCancelled && term.isValid }

    /// One file after the other; looks once a second where there is none.
    private func fetchAll() async {
        while mayGoOn {
            do throws(EralinkError) {
                if let next = try await store.claimDownloads(by: term.proof, limit: 1).first {
                    try await fetch(next)
                    continue
                }
            } catch {
                if mayGoOn { logger.warning("files cannot be fetched", metadata: ["error": "\(error)"]) }
            }
            try? await Task.sleep(for: .milliseconds(Int64.random(in: 700...1000)))
        }
    }

    private func fetch(_ download: PendingDownload) async throws(EralinkError) {
        try await store.emptyFile(download.id)
        let content = FileContent(of: download, store: store, limit: limit)
        let sink = DownloadSink(content, limit: limit)
        switch await connector.download(download.source, into: sink) {
        case .done:
            let digest = try await content.finish()
            guard digest.size > 0 else {
                return try await end(download, failing: Reason(code: "empty", text: "the messenger's file is empty"))
            }
            try await keep(download, digest, name: await sink.name, mime: await sink.mime)
        case .gone(let reason): try await end(download, failing: reason)
        case .again(let reason, let wait):
            guard download.age < Self.patience else { return try await end(download, failing: reason) }
            try await store.postpone(
                download, for: wait ?? OutcomeRules.backoff(download.attempts, .random(in: 0...1)), reason: reason)
            logger.info("a file is fetched later", metadata: ["file": "\(download.id)", "reason": "\(reason.code)"])
        }
    }

    private func keep(
        _ download: PendingDownload, _ digest: FileContent.Digest, name: String?, mime: String?
    ) async throws(EralinkError) {
        let said = (name: download.name ?? name, mime: download.mime ?? mime)
        let type = FileType.sniffed(digest.head, declared: said.mime, name: said.name)
        let file = StoredFile(
            id: download.id, account: account.name, state: .ready, name: FileName.sanitised(said.name, for: type),
            mime: type.mime, size: digest.size, sha256: digest.sha256.hexadecimal)
        ring(try await store.settle(download, as: file, sha256: digest.sha256, account: account.id))
    }

    private func end(_ download: PendingDownload, failing reason: Reason) async throws(EralinkError) {
        logger.notice("a file cannot be fetched", metadata: ["file": "\(download.id)", "reason": "\(reason.code)"])
        let file = StoredFile(
            id: download.id, account: account.name, state: .failed, name: download.name, mime: download.mime,
            reason: reason)
        ring(try await store.settle(download, as: file, sha256: nil, account: account.id))
    }

    private func ring(_ position: Int64?) {
        if let position { coordination.ring(.inbox, position: position) }
    }

    // MARK: pictures

    /// Nil: there is none, or it cannot be had now. Where the messenger asks to wait, it has waited.
    private func picture(of chat: String) async -> String? {
        do throws(ConnectorFailure) {
            return try await connector.avatarSource(of: chat)
        } catch {
            if case .throttled(let wait) = error.kind { try? await Task.sleep(for: min(wait, .seconds(3600))) }
            return nil
        }
    }

    /// Asks the messenger for the pictures of customers who write; the answer is fetched like any other file.
    private func askForPictures() async {
        while mayGoOn {
            do throws(EralinkError) {
                for chat in try await store.chatsWithoutPicture(of: account.id, limit: 20) {
                    guard mayGoOn, let source = await picture(of: chat) else { continue }
                    let told = Inbound(
                        key: nil, chat: chat, profile: CustomerProfile(avatarSource: source), event: .profile)
                    ring(try await store.storePushed([told], account: account.id))
                }
            } catch {
                logger.debug("pictures cannot be asked for", metadata: ["error": "\(error)"])
            }
            try? await Task.sleep(for: .seconds(5))
        }
    }
}

extension [UInt8] {
    var hexadecimal: String {
        map { byte in (byte < 16 ? "0" : "") + String(byte, radix: 16) }.joined()
    }
}
