/// A libpq connection string, whose password does not print.
package struct DatabaseURL: Sendable, Equatable, CustomStringConvertible, CustomDebugStringConvertible,
    CustomReflectable
{
    private let text: String

    /// Throws where the text is neither a libpq URI nor a list of keywords.
    package init(_ text: String) throws(SettingProblem) {
        let isURI = ["postgresql://", "postgres://"].contains { text.hasPrefix($0) }
        let isKeywords = !text.contains("://") && text.contains("=")
        guard isURI || isKeywords else {
            throw SettingProblem("is not a libpq URI such as postgresql://user@host/database")
        }
        self.text = text
    }

    /// What libpq gets, password included. Of several hosts the one that takes writes is meant.
    package var connectionString: String {
        guard hasSeveralHosts, !text.contains("target_session_attrs=") else { return text }
        guard text.contains("://") else { return text + " target_session_attrs=read-write" }
        return text + (text.contains("?") ? "&" : "?") + "target_session_attrs=read-write"
    }

    package var description: String { Self.redacted(text) }
    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: []) }

    private var hasSeveralHosts: Bool {
        if let start = text.firstRange(of: "://")?.upperBound {
            let authority = text[start...].prefix { $0 != "/" && $0 != "?" }
            let hosts = authority.split(separator: "@", omittingEmptySubsequences: false).last ?? ""
            if hosts.contains(",") { return true }
        }
        guard let host = text.firstRange(of: /(?:^|[\s?&])(?:host|hostaddr)=/)?.upperBound else { return false }
        return text[host...].prefix { !$0.isWhitespace && $0 != "&" }.contains(",")
    }

    /// A URI or keyword list with passwords shown as `***`.
    package static func redacted(_ text: String) -> String {
        let hidden = text.replacing(/((?:^|[\s?&])(?:ssl)?password\s*=\s*)(?:'(?:\\.|[^'])*'|[^\s&]*)/) {
            "\($0.output.1)***"
        }
        guard let start = hidden.firstRange(of: "://")?.upperBound else { return hidden }
        // A password may hold a "/" by mistake, so the last "@" before the query ends what is hidden.
        let beforeQuery = hidden[start...].prefix { $0 != "?" }
        guard let at = beforeQuery.lastIndex(of: "@"), let colon = beforeQuery[..<at].firstIndex(of: ":") else {
            return hidden
        }
        return hidden[...colon] + "***" + hidden[at...]
    }
}
