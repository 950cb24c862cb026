import CCurl

/// One exchange on its way through curl.
///
/// `@unchecked Sendable`: after `init` every member but `plan` is touched only on the thread of the loop that the transfer was
/// added to (by `FetchLoop`, `CurlMulti` and curl's callbacks); to everyone else it is an opaque token.
final class Transfer: @unchecked Sendable {
    /// At this many unread bytes a streamed answer is paused; curl may add one more write of its own to them.
    static let highWater = 256 << 10

    let plan: TransferPlan
    var easy: EasyHandle?
    var parser = ResponseHeadParser()
    /// The body, or what the consumer of a streamed one has not taken yet.
    var body: [UInt8] = []
    var received = 0
    var receivingPaused = false
    var upload: Upload?
    var verdict: TransferFailure.Verdict?
    var started = ContinuousClock.now
    /// How often a request was begun on a connection.
    var attempts = 0
    var end: Result<TransferEnd, HTTPFetchError>?
    /// Who waits for the answer, and who waits for room in `upload`. Every event wakes them; they look for themselves.
    var consumer: CheckedContinuation<Void, Never>?
    var feeder: CheckedContinuation<Void, Never>?

    init(_ plan: TransferPlan) { self.plan = plan }

    /// The bytes of a streamed request body: at most one chunk, the next is asked for when curl has taken it.
    struct Upload {
        let length: Int
        var chunk: [UInt8] = []
        var offset = 0
        var taken = 0
        var ended = false
        var paused = false

        var isEmpty: Bool { offset == chunk.count }
    }

    func wakeConsumer() {
        consumer.take()?.resume()
    }

    func wakeFeeder() {
        feeder.take()?.resume()
    }

    /// Curl goes on in both directions, except where there is still a reason to wait.
    func resumeFlow() {
        guard let easy, end == nil else { return }
        let receive = receivingPaused ? CURLPAUSE_RECV : CURLPAUSE_RECV_CONT
        let send = upload.map { $0.paused && $0.isEmpty && !$0.ended } ?? false ? CURLPAUSE_SEND : CURLPAUSE_SEND_CONT
        curl_easy_pause(easy.pointer, receive | send)
    }
}

/// What curl knew when a transfer ended well.
struct TransferEnd: Sendable {
    var remoteAddress: String?
    var timings: HTTPTimings
}
