import Synchronization

/// What a strike opened and a mend closes.
final class Leftover: Sendable {
    private let end = Mutex<(@Sendable () async -> Void)?>(nil)

    func put(_ close: @escaping @Sendable () async -> Void) { end.withLock { $0 = close } }

    func take() -> (@Sendable () async -> Void)? {
        end.withLock { end in
            defer { end = nil }
            return end
        }
    }
}
