import Domain

/// A bot's token. It stands in a header of every request, so that nothing in it may end the header.
enum ViberToken {
    /// Today 16 hexadecimal digits, a dash, 16, a dash, 16; a test double's may look otherwise.
    static func isWellFormed(_ token: Secret) -> Bool {
        let bytes = token.reveal().utf8
        return (1...512).contains(bytes.count) && bytes.allSatisfy { (0x21...0x7E).contains($0) }
    }
}
