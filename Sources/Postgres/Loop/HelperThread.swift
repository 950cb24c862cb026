import CPostgres
import Glibc
import Synchronization

/// Blocking calls that libpq or the resolver offer no other way for, each on a thread of its own and few at a time.
enum HelperThread {
    private static let running = Atomic<Int>(0)
    private static let limit = 16

    /// False, without having started, when too many calls are stuck already.
    static func run(_ body: @escaping @Sendable () -> Void) -> Bool {
        if running.wrappingAdd(1, ordering: .relaxed).newValue > limit {
            running.wrappingSubtract(1, ordering: .relaxed)
            return false
        }
        let context = Unmanaged.passRetained(Work(body))
        var thread = pthread_t()
        let status = pthread_create(
            &thread, nil,
            { context in
                guard let context else { return nil }
                Unmanaged<Work>.fromOpaque(context).takeRetainedValue().body()
                HelperThread.running.wrappingSubtract(1, ordering: .relaxed)
                return nil
            }, context.toOpaque())
        if status != 0 {
            context.release()
            running.wrappingSubtract(1, ordering: .relaxed)
            return false
        }
        pthread_detach(thread)
        return true
    }

    private final class Work: Sendable {
        let body: @Sendable () -> Void
        init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    }
}

/// A result that a helper thread leaves, with a descriptor that becomes readable when it is there, so that a loop can wait for it
/// against a deadline.
final class Pickup<Value: Sendable>: Sendable {
    let fd: Int32
    private let slot = Mutex<Value?>(nil)

    init() { fd = eralink_eventfd() }

    deinit { if fd >= 0 { close(fd) } }

    var value: Value? { slot.withLock { $0 } }

    func leave(_ value: Value) {
        slot.withLock { $0 = value }
        var one: UInt64 = 1
        _ = write(fd, &one, 8)
    }
}
