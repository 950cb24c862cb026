/// What a URL that came from outside may point at: media by URL must not become a way into the own network.
///
/// The host is resolved once, its addresses are vetted, and the connection is pinned to them; a kept connection is checked
/// by its peer's address, and each redirect passes all of it again. Through a proxy the proxy resolves names: then only
/// numeric hosts can be vetted here, and the proxy must have rules of its own.
package struct FetchGuard: Sendable {
    /// `http` as well as `https`.
    package var allowsInsecure: Bool
    /// Addresses that no host of the Internet can have: for sandboxes on loopback.
    package var allowsPrivate: Bool
    package var resolver: HostResolver

    package init(allowsInsecure: Bool = false, allowsPrivate: Bool = false, resolver: HostResolver = .system) {
        self.allowsInsecure = allowsInsecure
        self.allowsPrivate = allowsPrivate
        self.resolver = resolver
    }

    /// - Returns: what to pin the name to; empty if the host is numeric or left to a proxy.
    func vet(_ plan: TransferPlan, proxied: Bool) async throws(HTTPFetchError) -> [IPAddress] {
        let target = plan.target
        guard target.scheme == "https" || allowsInsecure else {
            throw plan.error(.guarded, .certainlyNotSent, "only https is allowed here")
        }
        if let address = IPAddress(target.host) {
            guard allows(address) else { throw refusal(plan) }
            return []
        }
        // A zone or a shape that only some parsers read as an address is nothing to guess about.
        guard !target.host.contains(":"), !target.host.contains("%") else { throw refusal(plan) }
        if proxied { return [] }
        let addresses: [IPAddress]
        do {
            addresses = try await resolver.resolve(target.host, within: plan.request.timeouts.connect)
        } catch {
            throw plan.error(error.code, .certainlyNotSent, error.detail)
        }
        let allowed = addresses.filter(allows)
        guard !allowed.isEmpty else { throw refusal(plan) }
        return allowed
    }

    func allows(_ address: IPAddress) -> Bool { allowsPrivate || address.isPublic }

    /// The last check, on the connection itself.
    func allows(peer: String) -> Bool { IPAddress(peer).map(allows) ?? allowsPrivate }

    private func refusal(_ plan: TransferPlan) -> HTTPFetchError {
        plan.error(.guarded, .certainlyNotSent, "the host's address is not a public one")
    }
}
