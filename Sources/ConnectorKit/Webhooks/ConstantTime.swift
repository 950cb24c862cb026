/// Comparing what a stranger sent with a secret, so that the time it takes tells nothing.
package enum ConstantTime {
    package static func equal(_ given: some Collection<UInt8>, _ secret: some Collection<UInt8>) -> Bool {
        let (given, secret) = (Array(given), Array(secret))
        var difference: UInt8 = given.count == secret.count ? 0 : 1
        for index in secret.indices {
            difference |= secret[index] ^ (index < given.count ? given[index] : ~secret[index])
        }
        return difference == 0
    }

    package static func equal(_ given: String, _ secret: String) -> Bool { equal(given.utf8, secret.utf8) }
}
