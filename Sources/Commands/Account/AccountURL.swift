/// The URLs of an account: bases, so a path may follow the host, but no query.
enum AccountURL {
    static func problem(with text: String, schemes: [String] = ["https", "http"]) -> String? {
        let parts = text.split(separator: "://", maxSplits: 1, omittingEmptySubsequences: false)
        let isPrintable = text.utf8.allSatisfy { (0x21...0x7E).contains($0) }
        guard isPrintable, parts.count == 2, schemes.contains(parts[0].lowercased()), let first = parts[1].first,
            first != "/", first != ":", !text.contains("?"), !text.contains("#"), text.utf8.count <= 2048
        else { return "is not a URL such as https://host/path" }
        let authority = parts[1].prefix { $0 != "/" }
        return authority.contains("@") ? "holds a user or a password, which does not belong there" : nil
    }

    /// Without the slashes at its end, so that paths can be put after it.
    static func base(_ text: String) -> String {
        var text = text
        while text.hasSuffix("/") { text.removeLast() }
        return text
    }

    static func isInsecure(_ text: String) -> Bool { text.lowercased().hasPrefix("http://") }
}
