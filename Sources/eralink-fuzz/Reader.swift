/// One reader of bytes that somebody else made, as a fuzzer sees it.
struct Reader: Sendable {
    let name: String
    /// Reads the bytes, and demands what must hold of whatever came of them.
    let read: @Sendable ([UInt8]) -> Void
    /// The folders of the tests whose texts it begins with.
    let tests: [String]
    /// Makes inputs of a text that stands in the tests.
    let seeds: @Sendable (String) -> [[UInt8]]

    init(
        _ name: String, tests: String..., seeds: @escaping @Sendable (String) -> [[UInt8]] = { [Array($0.utf8)] },
        read: @escaping @Sendable ([UInt8]) -> Void
    ) {
        self.name = name
        self.read = read
        self.tests = tests
        self.seeds = seeds
    }

    static let all: [Reader] = [
        frames, json, requests, updates, callbacks, ranges, targets, names, cursors,
    ]
}
