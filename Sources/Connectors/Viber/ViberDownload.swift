import ConnectorKit
import Domain

/// Fetches what a customer sent, from the link that Viber gave, for as long as such a link is worth trying.
struct ViberDownload: Sendable {
    let media: MediaFetch
    let now: @Sendable () -> Timestamp

    func fetch(_ source: String, into sink: any FileSink) async -> DownloadOutcome {
        guard let source = ViberMedia.Source(source) else {
            return .gone(Reason(code: "unsupported", text: "this is nothing that can be fetched"))
        }
        // Of a customer's picture nobody says until when.
        let age = source.announcedAt.map { now().since($0) }
        switch await media.download(source.link, into: sink) {
        case .done: return .done
        // A link that Viber has just made may not be everywhere yet.
        case .gone(let reason) where Self.notYet.contains(reason.code) && (age ?? .zero) < ViberMedia.Source.patience:
            return age == nil ? .gone(reason) : .again(reason, after: nil)
        case .gone(let reason): return .gone(reason)
        case .again(let reason, _) where (age ?? .zero) >= ViberMedia.Source.life:
            return .gone(Reason(code: "expired", text: "\(reason.text); Viber keeps files for an hour"))
        case .again(let reason, let wait): return .again(reason, after: wait)
        }
    }

    private static let notYet = ["http_401", "http_403", "http_404"]
}
