import CCurl

// curl calls these inside `curl_multi_perform` or `curl_easy_pause`, on the loop's thread. They append and return.

extension Transfer {
    /// Answers a number of bytes, or one of curl's signal values.
    func take(body bytes: UnsafeRawBufferPointer) -> Int {
        if plan.streaming && body.count >= Self.highWater {
            receivingPaused = true
            return Int(CURL_WRITEFUNC_PAUSE)
        }
        received += bytes.count
        guard received <= plan.request.maxResponseBytes else {
            verdict = .tooLarge
            return Int(CURL_WRITEFUNC_ERROR)
        }
        body.append(contentsOf: bytes)
        if plan.streaming { wakeConsumer() }
        return bytes.count
    }

    func take(headerLine bytes: UnsafeRawBufferPointer) -> Int {
        guard parser.take(bytes) else {
            verdict = .headTooLarge
            return Int(CURL_WRITEFUNC_ERROR)
        }
        if plan.streaming && parser.isComplete { wakeConsumer() }
        return bytes.count
    }

    func give(into buffer: UnsafeMutableRawBufferPointer) -> Int {
        guard var state = upload else { return 0 }
        defer { upload = state }
        guard !state.isEmpty else {
            if state.ended {
                guard state.taken < state.length else { return 0 }
                verdict = .bodyTooShort
                return Int(CURL_READFUNC_ABORT)
            }
            state.paused = true
            return Int(CURL_READFUNC_PAUSE)
        }
        let count = min(buffer.count, state.chunk.count - state.offset)
        state.chunk.withUnsafeBytes {
            buffer.copyMemory(from: .init(rebasing: $0[state.offset..<state.offset + count]))
        }
        state.offset += count
        state.taken += count
        if state.isEmpty {
            state.chunk = []
            state.offset = 0
            wakeFeeder()
        }
        return count
    }

    /// A connection is ready and the request would go out now: the last moment to refuse it.
    func mayBegin(peer: String) -> Bool {
        attempts += 1
        // curl repeats any request by itself, POST as well, if a reused connection ends without an answer.
        if attempts > 1 && !plan.request.mayBeRepeated && (easy?.requestBytes ?? 1) > 0 {
            verdict = .repeatRefused
            return false
        }
        if let guarded = plan.request.guarded, easy?.isProxied == false, !guarded.allows(peer: peer) {
            verdict = .guarded("the host's address is not a public one")
            return false
        }
        return true
    }

    private static func from(_ context: UnsafeMutableRawPointer?) -> Transfer? {
        // Unretained: `CurlMulti` keeps the transfer until after `curl_multi_remove_handle`.
        context.map { Unmanaged<Transfer>.fromOpaque($0).takeUnretainedValue() }
    }

    func installCallbacks(on easy: EasyHandle) {
        let context = Unmanaged.passUnretained(self).toOpaque()
        easy.set(CURLOPT_WRITEDATA, pointer: context)
        easy.set(CURLOPT_HEADERDATA, pointer: context)
        easy.set(CURLOPT_READDATA, pointer: context)
        easy.set(CURLOPT_PREREQDATA, pointer: context)
        eralink_easy_set_write(easy.pointer, CURLOPT_WRITEFUNCTION) { data, size, count, context in
            Transfer.from(context)?.take(body: .init(start: data, count: size * count)) ?? 0
        }
        eralink_easy_set_write(easy.pointer, CURLOPT_HEADERFUNCTION) { data, size, count, context in
            Transfer.from(context)?.take(headerLine: .init(start: data, count: size * count)) ?? 0
        }
        eralink_easy_set_read(easy.pointer) { data, size, count, context in
            Transfer.from(context)?.give(into: .init(start: data, count: size * count)) ?? Int(CURL_READFUNC_ABORT)
        }
        eralink_easy_set_prereq(easy.pointer) { context, peer, _, _, _ in
            let peer = peer.map { String(cString: $0) } ?? ""
            return Transfer.from(context)?.mayBegin(peer: peer) == true ? CURL_PREREQFUNC_OK : CURL_PREREQFUNC_ABORT
        }
    }
}
