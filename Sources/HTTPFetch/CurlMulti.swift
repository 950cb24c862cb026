import CCurl
import Glibc
import LoopExecutor
import Synchronization

/// The multi handle, its transfers, and the waiting inside it.
///
/// `@unchecked Sendable`: `active`, `idle` and `prepared` are touched only on the loop's thread; what other threads may do
/// (`wake`, `cancel`) goes through the two mutexes. `curl_multi_wakeup` is the one call that curl allows from any thread.
final class CurlMulti: LoopWaiter, @unchecked Sendable {
    /// A raw pointer that may cross threads because each use of it is named here: poll and all else on the loop, wakeup anywhere.
    private struct Handle: @unchecked Sendable {
        let pointer: UnsafeMutableRawPointer
    }

    private let configuration: HTTPFetchConfiguration
    private let handle: Mutex<Handle?>
    private let cancelled = Mutex<[Transfer]>([])
    private var active: [UnsafeMutableRawPointer: Transfer] = [:]
    private var idle: [EasyHandle] = []
    private var prepared = false

    init(_ configuration: HTTPFetchConfiguration) {
        CurlGlobal.initialize()
        self.configuration = configuration
        let multi = curl_multi_init()
        if let multi {
            eralink_multi_set_long(multi, CURLMOPT_MAX_HOST_CONNECTIONS, configuration.maxConnectionsPerHost)
            eralink_multi_set_long(multi, CURLMOPT_MAXCONNECTS, max(4, configuration.maxConnectionsPerHost))
        }
        handle = Mutex(multi.map(Handle.init))
    }

    deinit { close() }

    private var multi: UnsafeMutableRawPointer? { handle.withLock { $0 }?.pointer }

    // MARK: any thread

    func wake() {
        handle.withLock { handle in
            if let handle { curl_multi_wakeup(handle.pointer) }
        }
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
        curl_multi_poll(multi, nil, 0, 60_000, nil)
        for transfer in cancelled.withLock({ list in
            defer { list = [] }
            return list
        }) {
            abort(transfer, .cancelled("the request was cancelled"))
        }
        var running: Int32 = 0
        curl_multi_perform(multi, &running)
        reap(multi)
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
        if let taken { curl_multi_cleanup(taken.pointer) }
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
