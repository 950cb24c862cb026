import Testing

@testable import HTTPFetch

@Suite("Guard for URLs from outside")
struct GuardTests {
    static let scopes: [(String, AddressScope)] = [
        ("8.8.8.8", .global), ("1.1.1.1", .global), ("149.154.167.220", .global), ("172.15.255.255", .global),
        ("172.32.0.0", .global), ("100.63.255.255", .global), ("100.128.0.0", .global), ("11.0.0.0", .global),
        ("169.253.255.255", .global), ("223.255.255.255", .global), ("198.17.255.255", .global),
        ("198.20.0.0", .global),
        ("0.0.0.0", .unspecified), ("0.1.2.3", .unspecified), ("127.0.0.1", .loopback), ("127.255.255.254", .loopback),
        ("10.0.0.1", .private), ("10.255.255.255", .private), ("172.16.0.1", .private), ("172.31.255.255", .private),
        ("192.168.0.1", .private), ("192.168.255.255", .private), ("169.254.169.254", .linkLocal),
        ("100.64.0.1", .carrierNAT), ("100.127.255.255", .carrierNAT), ("192.0.0.8", .reserved),
        ("192.0.2.1", .reserved), ("198.18.0.1", .reserved), ("198.19.255.255", .reserved), ("198.51.100.7", .reserved),
        ("203.0.113.7", .reserved), ("192.88.99.1", .reserved), ("224.0.0.1", .multicast),
        ("239.255.255.255", .multicast), ("240.0.0.1", .reserved), ("255.255.255.255", .reserved), ("::", .unspecified),
        ("::1", .loopback), ("::ffff:8.8.8.8", .mapped), ("::ffff:127.0.0.1", .mapped), ("::7f00:1", .reserved),
        ("::2", .reserved), ("64:ff9b::808:808", .global), ("64:ff9b::7f00:1", .loopback), ("64:ff9b::a00:1", .private),
        ("64:ff9b:1::1", .reserved), ("fe80::1", .linkLocal), ("febf::1", .linkLocal), ("fec0::1", .private),
        ("fc00::1", .uniqueLocal), ("fdff::1", .uniqueLocal), ("ff02::1", .multicast), ("ff0e::1", .multicast),
        ("2001:4860:4860::8888", .global), ("2a00:1450::1", .global), ("2001:db8::1", .reserved),
        ("2001::1", .reserved),
        ("2001:1ff:ffff::1", .reserved), ("2001:200::1", .global), ("2002:7f00:1::", .reserved), ("3fff::1", .reserved),
        ("3fff:fff::1", .reserved), ("3fff:1000::1", .global), ("100::1", .reserved), ("4000::1", .reserved),
    ]

    @Test("an address's scope follows the registries", arguments: scopes)
    func scope(text: String, scope: AddressScope) throws {
        let address = try #require(IPAddress(text))
        #expect(address.scope == scope)
        #expect(IPAddress(address.description) == address)
    }

    @Test(
        "only canonical forms are addresses",
        arguments: ["127.1", "2130706433", "0x7f.0.0.1", "[::1]", "fe80::1%eth0", "", "1.2.3", "1.2.3.4.5"])
    func notAnAddress(text: String) {
        #expect(IPAddress(text) == nil)
    }

    static let refusedURLs = [
        "http://8.8.8.8/", "https://127.0.0.1/", "https://127.1/", "https://0x7f.1/", "https://2130706433/",
        "https://0177.0.0.1/",
        "https://[::1]/", "https://[::ffff:127.0.0.1]/", "https://10.1.2.3/",
        "https://169.254.169.254/latest/meta-data",
        "https://[fe80::1%25lo]/", "https://localhost/", "https://LOCALHOST/", "https://0/",
    ]

    @Test("a URL into the own network is refused before a connection is made", arguments: refusedURLs)
    func refused(url: String) async throws {
        try await withFetcher { fetcher in
            let error = try await failure(fetcher, HTTPRequest(.get, url, guarded: FetchGuard()))
            #expect(error.code == .guarded, "\(error)")
            #expect(error.delivery == .certainlyNotSent)
        }
    }

    @Test("of a name's addresses only the public ones are used")
    func mixedAddresses() async throws {
        let addresses = try ["10.0.0.1", "8.8.8.8", "::1", "2a00:1450::1"].map { try #require(IPAddress($0)) }
        let resolver = HostResolver { _ throws(HostResolver.Failure) in addresses }
        let plan = try TransferPlan(HTTPRequest(.get, "https://media.test/"))
        let allowed = try await FetchGuard(resolver: resolver).vet(plan, proxied: false)
        #expect(allowed.map(\.description) == ["8.8.8.8", "2a00:1450::1"])
    }

    @Test("the connection goes to the address that was vetted")
    func pinned() async throws {
        let resolver = HostResolver { _ throws(HostResolver.Failure) in [.v4(0x7F00_0001)] }
        try await ScriptedServer.with(answering { ("200 OK", [], $0.headers["host"] ?? "") }) { server in
            try await withFetcher { fetcher in
                let guarded = FetchGuard(allowsInsecure: true, allowsPrivate: true, resolver: resolver)
                let request = HTTPRequest(.get, "http://media.invalid:\(server.port)/x", guarded: guarded)
                let response = try await fetcher.fetch(request)
                #expect(response.text == "media.invalid:\(server.port)")
                #expect(response.remoteAddress == "127.0.0.1:\(server.port)")
            }
        }
    }

    @Test("a kept connection into the own network does not serve a guarded request")
    func keptConnection() async throws {
        let asked = Shared(0)
        let script = answering { _ in
            asked.change { $0 += 1 }
            return ("200 OK", [], "")
        }
        try await ScriptedServer.with(script) { server in
            try await withFetcher { fetcher in
                let trusting = FetchGuard(
                    allowsInsecure: true, allowsPrivate: true,
                    resolver: HostResolver { _ throws(HostResolver.Failure) in [.v4(0x7F00_0001)] })
                let url = "http://media.invalid:\(server.port)/"
                _ = try await fetcher.fetch(HTTPRequest(.get, url, guarded: trusting))
                // The name now has a public address, but the open connection leads to loopback.
                let strict = FetchGuard(
                    allowsInsecure: true,
                    resolver: HostResolver { _ throws(HostResolver.Failure) in [.v4(0x0808_0808)] })
                let error = try await failure(fetcher, HTTPRequest(.get, url, guarded: strict))
                #expect(error.code == .guarded)
                #expect(error.delivery == .certainlyNotSent)
                #expect(asked.value == 1)
            }
        }
    }

    @Test("a redirect to loopback is refused by the guard, although the first host was public")
    func redirectInside() async throws {
        let secret = Shared(0)
        let inside = answering { _ in
            secret.change { $0 += 1 }
            return ("200 OK", [], "secret")
        }
        try await ScriptedServer.with(inside) { inner in
            let outside = answering { _ in ("302 Found", ["Location: http://127.0.0.1:\(inner.port)/admin"], "") }
            try await ScriptedServer.with(outside) { outer in
                try await withFetcher { fetcher in
                    // "Public" is played by loopback through an unguarded first hop: the chain itself is what is tested.
                    var chain = RedirectChain(
                        HTTPRequest(
                            .get, outer.url, redirects: .follow(max: 5), guarded: FetchGuard(allowsInsecure: true)))
                    let plan = try TransferPlan(chain.request)
                    let head = try await fetcher.fetch(HTTPRequest(.get, outer.url)).head
                    let follows = try chain.follow(head, from: plan)
                    #expect(follows)
                    let error = try await failure(fetcher, chain.request)
                    #expect(error.code == .guarded)
                    #expect(secret.value == 0)
                }
            }
        }
    }

    @Test("a lookup that does not come back ends by the connect timeout, and by cancellation")
    func slowLookup() async throws {
        let resolver = HostResolver { _ throws(HostResolver.Failure) in
            try? await Task.sleep(for: .seconds(600))
            throw HostResolver.Failure(.cancelled, "gone")
        }
        try await withFetcher { fetcher in
            let timeouts = HTTPTimeouts(connect: .milliseconds(50))
            let guarded = FetchGuard(resolver: resolver)
            let error = try await failure(
                fetcher, HTTPRequest(.get, "https://media.invalid/", timeouts: timeouts, guarded: guarded))
            #expect(error.code == .timeout)
            let task = Task {
                try await failure(fetcher, HTTPRequest(.get, "https://media.invalid/", guarded: guarded))
            }
            task.cancel()
            let cancelled = try await task.value
            #expect(cancelled.code == .cancelled)
        }
    }

    @Test("the system's resolver finds localhost and says of a name that does not exist that it does not")
    func systemResolver() async throws {
        let addresses = try await HostResolver.system.resolve("localhost", within: .seconds(10))
        #expect(addresses.contains { $0.scope == .loopback })
        let error = await #expect(throws: HostResolver.Failure.self) {
            try await HostResolver.system.resolve("eralink.invalid", within: .seconds(10))
        }
        #expect(error?.code == .dns)
    }
}
