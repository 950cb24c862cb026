/// What kind of network an address belongs to, by the IANA special-purpose registries (RFC 6890 and its successors).
package enum AddressScope: String, Sendable, CaseIterable {
    case global, unspecified, loopback, `private`, linkLocal, carrierNAT, multicast, uniqueLocal, mapped, reserved
}

extension IPAddress {
    package var scope: AddressScope {
        switch self {
        case .v4(let value): Self.scope(ofV4: value)
        case .v6(let high, let low): Self.scope(ofV6: high, low)
        }
    }

    /// Whether a host of the Internet can have this address.
    package var isPublic: Bool { scope == .global }

    private static let v4Ranges: [(network: UInt32, bits: UInt32, scope: AddressScope)] = [
        (0x0000_0000, 8, .unspecified),  // 0.0.0.0/8 "this network"
        (0x0A00_0000, 8, .private),  // 10.0.0.0/8
        (0x6440_0000, 10, .carrierNAT),  // 100.64.0.0/10
        (0x7F00_0000, 8, .loopback),  // 127.0.0.0/8
        (0xA9FE_0000, 16, .linkLocal),  // 169.254.0.0/16, cloud metadata among them
        (0xAC10_0000, 12, .private),  // 172.16.0.0/12
        (0xC000_0000, 24, .reserved),  // 192.0.0.0/24 protocol assignments
        (0xC000_0200, 24, .reserved),  // 192.0.2.0/24 documentation
        (0xC058_6300, 24, .reserved),  // 192.88.99.0/24 6to4 relays
        (0xC0A8_0000, 16, .private),  // 192.168.0.0/16
        (0xC612_0000, 15, .reserved),  // 198.18.0.0/15 benchmarks
        (0xC633_6400, 24, .reserved),  // 198.51.100.0/24 documentation
        (0xCB00_7100, 24, .reserved),  // 203.0.113.0/24 documentation
        (0xE000_0000, 4, .multicast),  // 224.0.0.0/4
        (0xF000_0000, 4, .reserved),  // 240.0.0.0/4, broadcast among them
    ]

    private static func scope(ofV4 value: UInt32) -> AddressScope {
        v4Ranges.first { (value ^ $0.network) >> (32 - $0.bits) == 0 }?.scope ?? .global
    }

    private static func scope(ofV6 high: UInt64, _ low: UInt64) -> AddressScope {
        if high == 0 {
            if low == 0 { return .unspecified }
            if low == 1 { return .loopback }
            // ::ffff:0:0/96 mapped; the rest of ::/64 holds the deprecated compatible form.
            return low >> 32 == 0xFFFF ? .mapped : .reserved
        }
        // 64:ff9b::/96 leads to the IPv4 address in it (RFC 6052).
        if high == 0x0064_FF9B_0000_0000 && low >> 32 == 0 { return scope(ofV4: UInt32(truncatingIfNeeded: low)) }
        if high >> 56 == 0xFF { return .multicast }
        if high >> 57 == 0xFC >> 1 { return .uniqueLocal }  // fc00::/7
        if high >> 54 == 0xFE80 >> 6 { return .linkLocal }  // fe80::/10
        if high >> 54 == 0xFEC0 >> 6 { return .private }  // fec0::/10 site-local, deprecated
        // Only 2000::/3 is handed out; out of it: 2001::/23 protocols with Teredo, 2001:db8::/32 and 3fff::/20
        // documentation, 2002::/16 6to4 (leads to any IPv4 address).
        let isHandedOut = high >> 61 == 1
        let isSpecial =
            high >> 41 == 0x2001_0000 >> 9 || high >> 32 == 0x2001_0DB8 || high >> 44 == 0x3FFF0 || high >> 48 == 0x2002
        return isHandedOut && !isSpecial ? .global : .reserved
    }
}
