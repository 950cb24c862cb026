import Coordination

/// Who answers what behind the entry point.
struct ProxyRoutes: Sendable, Equatable {
    struct Account: Sendable, Equatable {
        var name: String
        /// The connectors of the account: usually two, either of which serves files and webhooks.
        var connectors: [ListenAddress]
    }

    /// In the order of their names.
    var accounts: [Account]
    var chats: [ListenAddress]
    var loaders: [ListenAddress]
    /// What an admin should look at before this is served.
    var warnings: [String] = []

    /// - Parameters:
    ///   - accounts: every account that there is.
    ///   - components: who is registered now.
    ///   - fixed: addresses that an admin gave; they stand whether anybody is there or not.
    init(accounts: [String], components: [Component], fixed: Fixed = Fixed()) {
        let known = components.filter { ListenAddress.isHost($0.host) && (1...65_535).contains($0.port) }
        func addresses(_ roles: [String], of account: String? = nil, and fixed: [ListenAddress]) -> [ListenAddress] {
            let found = known.filter { roles.contains($0.role) && $0.account == account }.map(Self.reachable)
            return Set(found + fixed).sorted()
        }
        self.accounts = accounts.sorted().map { name in
            Account(
                name: name,
                connectors: addresses(
                    ["connector"], of: name, and: fixed.connectors.filter { $0.account == name }.map(\.address)))
        }
        chats = addresses(["chat", "all"], and: fixed.chats)
        loaders = addresses(["loader", "all"], and: fixed.loaders)
        warnings = Self.warnings(
            self, known, unknown: fixed.connectors.map(\.account).filter { !accounts.contains($0) })
    }

    /// What an admin says of addresses.
    struct Fixed: Sendable, Equatable {
        struct Connector: Sendable, Equatable {
            var account: String
            var address: ListenAddress
        }

        var connectors: [Connector] = []
        var chats: [ListenAddress] = []
        var loaders: [ListenAddress] = []
    }

    /// Who listens at every address of its host is looked for on this one: what it registered names no host.
    private static func reachable(_ component: Component) -> ListenAddress {
        switch component.host {
        case "0.0.0.0": ListenAddress(host: "127.0.0.1", port: component.port)
        case "::": ListenAddress(host: "::1", port: component.port)
        default: ListenAddress(host: component.host, port: component.port)
        }
    }

    private static func warnings(_ routes: Self, _ components: [Component], unknown: [String]) -> [String] {
        var warnings = unknown.map { "there is no account \($0)" }
        for account in routes.accounts where account.connectors.count < 2 {
            let count = account.connectors.isEmpty ? "no connector" : "one connector only"
            warnings.append(
                "account \(account.name) has \(count): start it, or name it with --connector, and print again")
        }
        if routes.chats.isEmpty { warnings.append("no ChatServer is registered: start one, or name it with --chat") }
        if routes.loaders.isEmpty { warnings.append("no Loader is registered: start one, or name it with --loader") }
        for component in components where ["0.0.0.0", "::"].contains(component.host) {
            warnings.append(
                "\(component.account ?? component.role) listens at \(component.host), which names no host: taken for this one; set http.server.host to its own address"
            )
        }
        return warnings
    }
}
