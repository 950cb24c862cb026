/// Where ZooKeeper is and how it is spoken to.
package struct ZooKeeperConfiguration: Sendable, Equatable {
    /// `host:port` of each server; the library tries them in random order.
    package var hosts: [String]
    /// Every path is below this one; empty for the root. Created if it is missing.
    package var chroot: String
    /// What is asked for; the server may give another within its limits.
    package var sessionTimeout: Duration
    package var auth: Auth?
    /// How long a call may wait for its answer.
    package var callDeadline: Duration
    /// Calls that wait for an answer at one time; past it, a call fails at once with `overloaded`.
    package var maxCallsInFlight: Int

    /// Credentials of ZooKeeper's `digest` scheme. With them, nodes are created for this user alone.
    package struct Auth: Sendable, Equatable, CustomStringConvertible, CustomReflectable {
        let credentials: String

        /// `user:password`.
        package init(digest credentials: String) { self.credentials = credentials }

        package var description: String { "digest" }
        package var customMirror: Mirror { Mirror(self, children: []) }
    }

    /// Reads `h1:2181,h2:2181/chroot`; a port that is not given is 2181.
    ///
    /// - Throws: `ZooKeeperError` with `badConnectString`.
    package init(
        connect: String, sessionTimeout: Duration = .seconds(10), auth: Auth? = nil,
        callDeadline: Duration = .seconds(4),
        maxCallsInFlight: Int = 1000
    ) throws {
        let slash = connect.firstIndex(of: "/") ?? connect.endIndex
        var chroot = String(connect[slash...])
        while chroot.hasSuffix("/") { chroot.removeLast() }
        guard !chroot.contains("//"), !chroot.utf8.contains(0) else {
            throw ZooKeeperError(
                .badConnectString, "\"\(connect)\" is not a connect string: its path has an empty part")
        }
        hosts = try connect[..<slash].split(separator: ",", omittingEmptySubsequences: false).map { part in
            guard let host = Self.host(part) else {
                throw ZooKeeperError(
                    .badConnectString,
                    "\"\(connect)\" is not a connect string; write host:port,host:port/path, as in zk1:2181,zk2:2181/eralink"
                )
            }
            return host
        }
        self.chroot = chroot
        self.sessionTimeout = sessionTimeout
        self.auth = auth
        self.callDeadline = callDeadline
        self.maxCallsInFlight = maxCallsInFlight
    }

    /// The canonical connect string.
    package var connect: String { hosts.joined(separator: ",") + chroot }

    private static func host(_ part: Substring) -> String? {
        let text = part.drop { $0 == " " }
        guard !text.isEmpty, text.utf8.allSatisfy({ $0 > 32 && $0 < 127 }) else { return nil }
        if text.hasPrefix("[") {
            guard let end = text.firstIndex(of: "]"), end > text.index(after: text.startIndex) else { return nil }
            let rest = text[text.index(after: end)...]
            if rest.isEmpty { return "\(text):2181" }
            guard rest.hasPrefix(":"), let port = UInt16(rest.dropFirst()), port > 0 else { return nil }
            return String(text)
        }
        let pieces = text.split(separator: ":", omittingEmptySubsequences: false)
        switch pieces.count {
        case 1: return "\(text):2181"
        case 2:
            guard !pieces[0].isEmpty, let port = UInt16(pieces[1]), port > 0 else { return nil }
            return String(text)
        default: return nil
        }
    }
}
