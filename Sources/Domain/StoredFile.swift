package enum FileState: String, Sendable, CaseIterable {
    case pending, ready, expired, failed
}

/// A file of an account as clients see it (agent-api.md, "File").
package struct StoredFile: Sendable, Equatable {
    package var id: FileID
    package var account: String
    package var state: FileState
    package var name: String?
    package var mime: String?
    package var size: Int64?
    /// Hexadecimal.
    package var sha256: String?
    package var reason: Reason?

    package init(
        id: FileID, account: String, state: FileState, name: String? = nil, mime: String? = nil, size: Int64? = nil,
        sha256: String? = nil, reason: Reason? = nil
    ) {
        self.id = id
        self.account = account
        self.state = state
        self.name = name
        self.mime = mime
        self.size = size
        self.sha256 = sha256
        self.reason = reason
    }
}
