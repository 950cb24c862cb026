import Domain
import JSON

/// Viber's links to files, which live for an hour.
enum ViberMedia {
    /// An absolute http or https URL that a request can be made of.
    static func webLink(_ value: JSONValue?) -> String? {
        guard let link = value?.string, isWebLink(link), link.utf8.count <= ViberLimits.urlBytes else { return nil }
        return link
    }

    static func isWebLink(_ text: String) -> Bool {
        let scheme = text.prefix { $0 != ":" }.lowercased()
        guard scheme == "https" || scheme == "http", text.dropFirst(scheme.count).hasPrefix("://") else { return false }
        return !text.dropFirst(scheme.count + 3).isEmpty
            && !text.unicodeScalars.contains { $0.value <= 0x20 || $0.value == 0x7F }
    }

    /// What a file is fetched by: its link, and until when that is worth trying.
    struct Source: Sendable, Equatable {
        var link: String
        /// Nil: a customer's picture, which does not go away.
        var announcedAt: Timestamp?

        static let life = Duration.seconds(3600)
        /// So long a link may answer that there is nothing yet.
        static let patience = Duration.seconds(60)

        init(_ link: String, announcedAt: Timestamp) {
            self.link = link
            self.announcedAt = announcedAt
        }

        /// Reads what `text` wrote, or a link alone.
        init?(_ text: String) {
            let words = text.split(separator: " ", omittingEmptySubsequences: false)
            guard let link = words.last.map(String.init), ViberMedia.isWebLink(link) else { return nil }
            self.link = link
            guard words.count == 2 else {
                guard words.count == 1 else { return nil }
                return
            }
            guard words[0].hasPrefix("at="), let seconds = Int64(words[0].dropFirst(3)) else { return nil }
            announcedAt = Timestamp(seconds: seconds)
        }

        var text: String {
            guard let announcedAt else { return link }
            return "at=\(announcedAt.microseconds / 1_000_000) \(link)"
        }
    }
}
