import JSON

/// `{"retry_after_ms":N}`: when a client should come back, spread so that not all come at once.
enum ComeBack {
    static func json(after milliseconds: Int) -> [UInt8] {
        JSONWriter.object { $0.member("retry_after_ms", milliseconds) }
    }

    static func someTime() -> Int { Int.random(in: 200...3000) }
}
