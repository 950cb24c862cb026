import Domain

/// Where the bytes of a fetched file go, straight into the database at its pace.
package protocol FileSink: Sendable {
    /// What the messenger's own answer says of the file, before its first byte; the sniffed type wins in the end.
    ///
    /// Throws `too_large` where `size` is over the account's limit.
    func begin(name: String?, mime: String?, size: Int64?) async throws(EralinkError)

    /// Returns when the bytes are taken. Throws `too_large` past the limit, `unavailable` where the database is away.
    func write(_ bytes: [UInt8]) async throws(EralinkError)
}

/// What came of fetching a file.
package enum DownloadOutcome: Sendable, Equatable {
    /// All of it was written.
    case done
    /// It cannot be had, now or ever.
    case gone(Reason)
    /// For a passing reason: again, after a while of the kit's choosing or of the messenger's.
    case again(Reason, after: Duration?)
}
