import Logging
import Synchronization

/// An HTTP client for one purpose: a loop of its own with its own connections, so that a slow platform or a long poll on
/// one fetcher cannot hold up the sends on another.
///
/// Starts a thread in `init`; `close()` ends it. A fetcher that is dropped without `close()` ends its thread as well, but not
/// at a defined moment.
package final class HTTPFetcher: Sendable {
    let configuration: HTTPFetchConfiguration
    private let loop: FetchLoop
    private let gate = Mutex(FetchGate())

    package init(_ configuration: HTTPFetchConfiguration = HTTPFetchConfiguration()) {
        self.configuration = configuration
        loop = FetchLoop(configuration)
    }

    deinit { loop.stop() }

    /// Sends a request and gathers its answer in memory. Any status is an answer; only what is not one is an error.
    ///
    /// Cancelling the awaiting task ends the transfer at once with `.cancelled`.
    package func fetch(_ request: HTTPRequest) async throws(HTTPFetchError) -> HTTPResponse {
        var chain = RedirectChain(request)
        do {
            while true {
                let plan = try await plan(chain.request)
                let response = try await exchange(Transfer(plan))
                guard try chain.follow(response.head, from: plan) else { return response }
            }
        } catch {
            throw logged(chain.judged(error))
        }
    }

    /// Sends a request and hands its answer on while it comes, no faster than `consume` takes it: at most about 256 KiB wait.
    ///
    /// Returning before the end of the body closes the connection. Throws `HTTPFetchError` or what `consume` throws.
    nonisolated(nonsending)
        package func fetch<Value>(
            _ request: HTTPRequest, _ consume: (HTTPResponseHead, HTTPBodyStream) async throws -> Value
        ) async throws -> Value
    {
        var chain = RedirectChain(request)
        do {
            while true {
                var plan = try await plan(chain.request)
                plan.streaming = true
                let transfer = Transfer(plan)
                let value: Value? = try await feeding(transfer) {
                    let head = try await onLoop(transfer) { await $0.open(transfer) }
                    if try chain.follow(head, from: plan) { return nil }
                    return try await consume(head, HTTPBodyStream(transfer: transfer, fetcher: self))
                }
                if let value { return value }
            }
        } catch let error as HTTPFetchError {
            throw logged(chain.judged(error))
        }
    }

    /// Ends all transfers with `.cancelled`, then connections and thread. A fetch begun later fails at once. Idempotent.
    package func close() async {
        guard gate.withLock({ $0.beginClosing() }) else {
            return await withCheckedContinuation { waiter in
                if gate.withLock({ $0.waitUntilClosed(waiter) }) { waiter.resume() }
            }
        }
        await loop.beginClosing()
        await withCheckedContinuation { waiter in
            if gate.withLock({ $0.waitUntilDrained(waiter) }) { waiter.resume() }
        }
        await loop.close()
        loop.stop()
        for waiter in gate.withLock({ $0.closed() }) { waiter.resume() }
    }

    func nextBytes(_ transfer: Transfer) async throws(HTTPFetchError) -> [UInt8] {
        try await onLoop(transfer, begun: true) { await $0.nextBytes(transfer) }
    }

    private func plan(_ request: HTTPRequest) async throws(HTTPFetchError) -> TransferPlan {
        var plan = try TransferPlan(request)
        if let guarded = request.guarded {
            plan.pinned = try await guarded.vet(plan, proxied: configuration.proxy != nil)
        }
        return plan
    }

    private func exchange(_ transfer: Transfer) async throws(HTTPFetchError) -> HTTPResponse {
        do {
            return try await feeding(transfer) { try await onLoop(transfer) { await $0.exchange(transfer) } }
        } catch let error as HTTPFetchError {
            throw error
        } catch {
            throw transfer.plan.error(.other, .uncertain, "an unexpected error: \(type(of: error))")
        }
    }

    /// Runs `body` with the request's streamed body being read beside it, and leaves no transfer behind.
    nonisolated(nonsending)
        private func feeding<Value>(_ transfer: Transfer, _ body: () async throws -> Value) async throws -> Value
    {
        let multi = loop.multi
        return try await withTaskCancellationHandler {
            guard let stream = transfer.plan.request.body.stream else {
                return try await ending(transfer, body)
            }
            return try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { await self.feed(transfer, stream.chunks) }
                defer { group.cancelAll() }
                return try await ending(transfer, body)
            }
        } onCancel: {
            multi.cancel(transfer)
        }
    }

    nonisolated(nonsending)
        private func ending<Value>(_ transfer: Transfer, _ body: () async throws -> Value) async throws -> Value
    {
        // A gathered answer is over when it returns; the consumer of a streamed one may leave early.
        defer { if transfer.plan.streaming { loop.multi.cancel(transfer) } }
        return try await body()
    }

    private func feed(_ transfer: Transfer, _ chunks: any AsyncSequence<[UInt8], any Error> & Sendable) async {
        do {
            for try await chunk in chunks where !chunk.isEmpty {
                guard try await onLoop(transfer, begun: true, { .success(await $0.feed(transfer, chunk)) }) else {
                    return
                }
            }
            try await onLoop(transfer, begun: true) { .success(await $0.endFeed(transfer)) }
        } catch {
            // The failure reaches the caller as the transfer's own; if that is over already, there is nobody to tell.
            try? await onLoop(transfer, begun: true) { .success(await $0.abort(transfer, .bodyFailed)) }
        }
    }

    /// Every call to the loop passes the gate, so that `close()` can stop the thread with no call on its way to it.
    private func onLoop<Value: Sendable>(
        _ transfer: Transfer, begun: Bool = false,
        _ operation: @Sendable (FetchLoop) async -> Result<Value, HTTPFetchError>
    ) async throws(HTTPFetchError) -> Value {
        guard gate.withLock({ $0.enter() }) else {
            throw transfer.plan.error(.cancelled, begun ? .uncertain : .certainlyNotSent, FetchLoop.closedReason)
        }
        let result = await operation(loop)
        gate.withLock { $0.leave() }?.resume()
        return try result.get()
    }

    private func logged(_ error: HTTPFetchError) -> HTTPFetchError {
        configuration.logger?.debug(
            "http exchange failed",
            metadata: [
                "label": "\(error.label)", "origin": "\(error.origin)", "code": "\(error.code)",
                "delivery": "\(error.delivery)", "detail": "\(error.detail)",
            ])
        return error
    }
}
