import CCurl
import Glibc
import LoopExecutor
import Synchronization

/// The multi handle, its transfers, and the waiting for them.
///
/// curl says which sockets it waits for and until when; only those that are ready are looked at, so that what a turn costs
/// does not grow with the number of transfers.
///
/// `@unchecked Sendable`: `active`, `idle`, `prepared`, `deadline` and `ready` are touched only on the loop's thread, by us and by
/// curl's callbacks; the descriptors never change; `cancelled` and `handle` are behind mutexes. What other threads may do is
/// `wake` and `cancel`.
final class CurlMulti: LoopWaiter, @unchecked Sendable {
    /// A raw pointer that may cross threads because it is used on the loop only, save for being freed when nobody is left.
    private struct Handle: @unchecked Sendable {
        let pointer: UnsafeMutableRawPointer
    }

    private let configuration: HTTPFetchConfiguration
    private let handle: Mutex<Handle?>
    private let cancelled = Mutex<[Transfer]>([])
    private var active: [UnsafeMutableRawPointer: Transfer] = [:]
    private var idle: [EasyHandle] = []
    private var prepared = false
    private let pollFD: Int32
    private let wakeFD: Int32
    /// When curl wants to be called although nothing has happened.
    private var deadline: ContinuousClock.Instant?
    private var ready = [eralink_ready](repeating: eralink_ready(), count: 64)

    init(_ configuration: HTTPFetchConfiguration) {
        CurlGlobal.initialize()
        self.configuration = configuration
        let multi = curl_multi_init()
        if let multi {
            eralink_multi_set_long(multi, CURLMOPT_MAX_HOST_CONNECTIONS, configuration.maxConnectionsPerHost)
            eralink_multi_set_long(multi, CURLMOPT_MAXCONNECTS, max(4, configuration.maxConnectionsPerHost))
        }
        handle = Mutex(multi.map(Handle.init))
        pollFD = eralink_epoll_create()
        wakeFD = eralink_wakeup_fd()
        precondition(
            pollFD >= 0 && wakeFD >= 0 && eralink_epoll_watch(pollFD, wakeFD, 1, 0) == 0,
            "cannot make descriptors to wait on: \(String(cString: strerror(errno)))")
        if let multi { installCallbacks(on: multi) }
    }

    deinit {
        close()
        Glibc.close(pollFD)
        Glibc.close(wakeFD)
    }

    private func installCallbacks(on multi: UnsafeMutableRawPointer) {
        // Unretained: they are taken away in `close`, before this object goes.
        let context = Unmanaged.passUnretained(self).toOpaque()
        eralink_multi_set_callbacks(
            multi,
            { _, socket, interest, context, _ in
                CurlMulti.from(context)?.watch(socket, interest)
                return 0
            },
            { _, milliseconds, context in
                CurlMulti.from(context)?.deadline = milliseconds < 0 ? nil : .now + .milliseconds(milliseconds)
                return 0
            }, context)
    }

    private static func from(_ context: UnsafeMutableRawPointer?) -> CurlMulti? {
        context.map { Unmanaged<CurlMulti>.fromOpaque($0).takeUnretainedValue() }
    }

    private func watch(_ socket: Int32, _ interest: Int32) {
        if interest == CURL_POLL_REMOVE { return eralink_epoll_forget(pollFD, socket) }
        _ = eralink_epoll_watch(pollFD, socket, interest & CURL_POLL_IN, interest & CURL_POLL_OUT)
    }

    private var multi: UnsafeMutableRawPointer? { handle.withLock { $0 }?.pointer }

    // MARK: any thread

    func wake() {
        var one: UInt64 = 1
        // A full counter means that a wake-up is pending already.
        _ = write(wakeFD, &one, 8)
    }

    /// Ends the transfer on the loop's next turn; one that is not known there (not added, or over) is left alone.
    func cancel(_ transfer: Transfer) {
        cancelled.withLock { $0.append(transfer) }
        wake()
    }

    // MARK: the loop's thread

    func wait() {
        prepareThread()
        guard let multi else { return }
        // EINTR counts as a turn in which nothing happened.
        let count = eralink_epoll_wait(pollFD, &ready, Int32(ready.count), milliseconds(until: deadline))
        var running: Int32 = 0
        for index in 0..<max(0, Int(count)) {
            let event = ready[index]
            if event.fd == wakeFD {
                var rings: UInt64 = 0
                _ = read(wakeFD, &rings, 8)
            } else {
                curl_multi_socket_action(multi, event.fd, event.events, &running)
            }
        }
        for transfer in cancelled.withLock({ list in
            defer { list = [] }
            return list
        }) {
            abort(transfer, .cancelled("the request was cancelled"))
        }
        if let deadline, deadline <= .now {
            self.deadline = nil
            // CURL_SOCKET_TIMEOUT
            curl_multi_socket_action(multi, CURL_SOCKET_BAD, 0, &running)
        }
        reap(multi)
    }

    /// Rounded up, so that a wait never ends before its deadline; at most a minute.
    private func milliseconds(until deadline: ContinuousClock.Instant?) -> Int32 {
        guard let deadline else { return 60_000 }
        let wait = deadline - .now
        if wait <= .zero { return 0 }
        return wait > .seconds(60) ? 60_000 : Int32((wait + .nanoseconds(999_999)) / .milliseconds(1))
    }

    /// curl's own calls ask for no SIGPIPE, OpenSSL's do not: on this thread none is delivered.
    private func prepareThread() {
        guard !prepared else { return }
        prepared = true
        var signals = sigset_t()
        sigemptyset(&signals)
        sigaddset(&signals, SIGPIPE)
        pthread_sigmask(SIG_BLOCK, &signals, nil)
    }

    func add(_ transfer: Transfer) {
        prepareThread()
        guard active.count < configuration.maxTransfers else {
            transfer.end = .failure(
                transfer.plan.error(.overloaded, .certainlyNotSent, "too many requests are under way"))
            return
        }
        guard let multi, let easy = idle.popLast() ?? EasyHandle() else {
            transfer.end = .failure(transfer.plan.error(.other, .certainlyNotSent, "curl is out of memory or closed"))
            return
        }
        transfer.easy = easy
        transfer.started = .now
        transfer.configure(easy, configuration)
        active[easy.pointer] = transfer
        let status = curl_multi_add_handle(multi, easy.pointer)
        if status != CURLM_OK { finish(transfer, CURLE_FAILED_INIT) }
    }

    /// Ends a transfer for a reason of ours. Never from within a callback.
    func abort(_ transfer: Transfer, _ verdict: TransferFailure.Verdict) {
        guard transfer.end == nil, transfer.easy != nil else { return }
        transfer.verdict = verdict
        finish(transfer, CURLE_ABORTED_BY_CALLBACK)
    }

    func abortAll(_ verdict: TransferFailure.Verdict) {
        for transfer in active.values { abort(transfer, verdict) }
    }

    /// Frees all of curl's. Transfers must have ended.
    func close() {
        idle = []
        let taken = handle.withLock { handle in
            defer { handle = nil }
            return handle
        }
        if let taken {
            eralink_multi_set_callbacks(taken.pointer, nil, nil, nil)
            curl_multi_cleanup(taken.pointer)
        }
    }

    private func reap(_ multi: UnsafeMutableRawPointer) {
        var left: Int32 = 0
        while let message = curl_multi_info_read(multi, &left) {
            // The message is curl's memory and dies with the handle's removal: both are read before.
            guard message.pointee.msg == CURLMSG_DONE, let easy = message.pointee.easy_handle else { continue }
            let code = message.pointee.data.result
            if let transfer = active[easy] { finish(transfer, code) }
        }
    }

    private func finish(_ transfer: Transfer, _ code: CURLcode) {
        guard let easy = transfer.easy else { return }
        let end = transfer.conclude(easy, code)
        if let multi { curl_multi_remove_handle(multi, easy.pointer) }
        active[easy.pointer] = nil
        transfer.easy = nil
        easy.reset()
        if idle.count < 16 { idle.append(easy) }
        // Only now that curl cannot call back any more.
        transfer.end = end
        transfer.wakeConsumer()
        transfer.wakeFeeder()
    }
}

/// libcurl's process-wide state, set up once.
enum CurlGlobal {
    private static let status = curl_global_init(Int(CURL_GLOBAL_DEFAULT))

    static func initialize() {
        precondition(status == CURLE_OK, "libcurl cannot be initialised: \(status.rawValue)")
    }
}
