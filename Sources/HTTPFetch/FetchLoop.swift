import LoopExecutor

/// The owner of one multi handle: an actor on the thread that idles inside curl.
actor FetchLoop {
    private let loop: LoopExecutor
    nonisolated let multi: CurlMulti
    private var isClosing = false

    nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

    init(_ configuration: HTTPFetchConfiguration) {
        multi = CurlMulti(configuration)
        loop = LoopExecutor(name: configuration.name, waiter: multi)
    }

    /// Ends the loop's thread; nothing may be asked of the actor afterwards.
    nonisolated func stop() { loop.stop() }

    /// Runs a transfer whose answer is gathered in memory.
    func exchange(_ transfer: Transfer) async -> Result<HTTPResponse, HTTPFetchError> {
        start(transfer)
        while transfer.end == nil { await waitForAnswer(transfer) }
        return end(of: transfer).map { end in
            HTTPResponse(
                head: transfer.parser.head, body: transfer.body, remoteAddress: end.remoteAddress, timings: end.timings)
        }
    }

    /// Runs a streamed transfer up to the end of its head.
    func open(_ transfer: Transfer) async -> Result<HTTPResponseHead, HTTPFetchError> {
        start(transfer)
        while transfer.end == nil && !transfer.parser.isComplete { await waitForAnswer(transfer) }
        if transfer.parser.isComplete { return .success(transfer.parser.head) }
        return end(of: transfer).map { _ in transfer.parser.head }
    }

    /// The bytes that have come since the last call; empty at the end.
    func nextBytes(_ transfer: Transfer) async -> Result<[UInt8], HTTPFetchError> {
        while true {
            if !transfer.body.isEmpty {
                let bytes = transfer.body
                transfer.body = []
                if transfer.receivingPaused {
                    transfer.receivingPaused = false
                    transfer.resumeFlow()
                }
                return .success(bytes)
            }
            if transfer.end != nil { return end(of: transfer).map { _ in [] } }
            await waitForAnswer(transfer)
        }
    }

    /// Takes one chunk of the request's body when there is room for it.
    /// - Returns: false if the transfer is over.
    func feed(_ transfer: Transfer, _ chunk: [UInt8]) async -> Bool {
        guard let upload = await room(transfer) else { return false }
        guard chunk.count <= upload.length - upload.taken else {
            multi.abort(transfer, .bodyTooLong)
            return false
        }
        transfer.upload?.chunk = chunk
        wakeUpload(transfer)
        return true
    }

    func endFeed(_ transfer: Transfer) async {
        guard await room(transfer) != nil else { return }
        transfer.upload?.ended = true
        wakeUpload(transfer)
    }

    /// Waits until the transfer was started and curl has taken the chunk before; `nil` if it is over.
    private func room(_ transfer: Transfer) async -> Transfer.Upload? {
        while transfer.end == nil && transfer.upload?.isEmpty != true { await waitForRoom(transfer) }
        return transfer.end == nil ? transfer.upload : nil
    }

    func abort(_ transfer: Transfer, _ verdict: TransferFailure.Verdict) {
        multi.abort(transfer, verdict)
    }

    /// Ends all transfers; those that are still on their way here end at once as well.
    func beginClosing() {
        isClosing = true
        multi.abortAll(.cancelled(Self.closedReason))
    }

    func close() { multi.close() }

    static let closedReason = "the fetcher was closed"

    private func start(_ transfer: Transfer) {
        // A cancellation that comes after this look is posted to the loop, which takes it up after the transfer was added.
        if Task.isCancelled || isClosing {
            let reason = isClosing ? Self.closedReason : "the request was cancelled"
            transfer.end = .failure(transfer.plan.error(.cancelled, .certainlyNotSent, reason))
        } else {
            multi.add(transfer)
        }
        transfer.wakeFeeder()
    }

    // Both wait on this actor: between the look that said "not yet" and the continuation's storing nothing else runs.

    private func waitForAnswer(_ transfer: Transfer) async {
        await withCheckedContinuation { transfer.consumer = $0 }
    }

    private func waitForRoom(_ transfer: Transfer) async {
        await withCheckedContinuation { transfer.feeder = $0 }
    }

    private func wakeUpload(_ transfer: Transfer) {
        guard transfer.upload?.paused == true else { return }
        transfer.upload?.paused = false
        transfer.resumeFlow()
    }

    private func end(of transfer: Transfer) -> Result<TransferEnd, HTTPFetchError> {
        transfer.end ?? .failure(transfer.plan.error(.other, .uncertain, "the transfer has not ended"))
    }
}
