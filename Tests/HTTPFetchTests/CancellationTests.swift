import HTTPFetch
import Testing

@Suite("Cancellation and closing")
struct CancellationTests {
    /// Tells when a request has come and when its client has gone.
    static func hanging(_ asked: Event, _ gone: Event) -> ScriptedServer.Script {
        { connection in
            guard try await connection.request() != nil else { return }
            asked.fire()
            try? await connection.waitForClose()
            gone.fire()
        }
    }

    @Test("a cancelled long poll ends at once and its connection is closed")
    func cancelLongPoll() async throws {
        let (asked, gone) = (Event(), Event())
        try await ScriptedServer.with(Self.hanging(asked, gone)) { server in
            try await withFetcher { fetcher in
                let poll = Task {
                    try await failure(
                        fetcher, HTTPRequest(.get, server.url, timeouts: HTTPTimeouts(total: .seconds(90))))
                }
                await asked.wait()
                let start = ContinuousClock.now
                poll.cancel()
                let error = try await poll.value
                #expect(error.code == .cancelled)
                #expect(error.delivery == .uncertain)
                #expect(start.duration(to: .now) < .seconds(2))
                await gone.wait()
            }
        }
    }

    @Test("a task that was cancelled before sends nothing")
    func cancelledBefore() async throws {
        try await ScriptedServer.with(answering { _ in ("200 OK", [], "") }) { server in
            try await withFetcher { fetcher in
                let task = Task {
                    withUnsafeCurrentTask { $0?.cancel() }
                    return try await failure(fetcher, HTTPRequest(.post, server.url))
                }
                let error = try await task.value
                #expect(error.code == .cancelled)
                #expect(error.delivery == .certainlyNotSent)
                #expect(server.connections.count == 0)
            }
        }
    }

    @Test("requests cancelled at any moment each end once and leave the fetcher usable")
    func cancelAnywhere() async throws {
        try await ScriptedServer.with(answering { _ in ("200 OK", [], "ok") }) { server in
            try await withFetcher { fetcher in
                await withTaskGroup(of: Void.self) { group in
                    for number in 0..<200 {
                        group.addTask {
                            let task = Task { try await fetcher.fetch(HTTPRequest(.get, server.url)) }
                            for _ in 0..<number % 40 { await Task.yield() }
                            task.cancel()
                            _ = await task.result
                        }
                    }
                }
                let outcome = try await fetcher.fetch(HTTPRequest(.get, server.url))
                #expect(outcome.text == "ok")
            }
        }
    }

    @Test("closing ends what is under way and what comes later")
    func close() async throws {
        let (asked, gone) = (Event(), Event())
        try await ScriptedServer.with(Self.hanging(asked, gone)) { server in
            let fetcher = HTTPFetcher()
            let poll = Task { try await failure(fetcher, HTTPRequest(.get, server.url)) }
            await asked.wait()
            async let first: Void = fetcher.close()
            async let second: Void = fetcher.close()
            _ = await (first, second)
            let error = try await poll.value
            #expect(error.code == .cancelled)
            await gone.wait()
            let late = try await failure(fetcher, HTTPRequest(.get, server.url))
            #expect(late.code == .cancelled)
            #expect(late.delivery == .certainlyNotSent)
            await fetcher.close()
        }
    }

    @Test("closing amid many requests loses none of their callers")
    func closeInTheMidst() async throws {
        try await ScriptedServer.with(answering { _ in ("200 OK", [], "ok") }) { server in
            for round in 0..<20 {
                let fetcher = HTTPFetcher()
                await withTaskGroup(of: Void.self) { group in
                    for _ in 0..<20 {
                        group.addTask { _ = try? await fetcher.fetch(HTTPRequest(.get, server.url)) }
                    }
                    for _ in 0..<round * 5 { await Task.yield() }
                    await fetcher.close()
                }
            }
        }
    }

    @Test("a fetcher that is dropped without closing gives its connection back")
    func dropped() async throws {
        let gone = Event()
        let script: ScriptedServer.Script = { connection in
            _ = try await connection.request()
            try await connection.respond(body: "ok")
            try? await connection.waitForClose()
            gone.fire()
        }
        try await ScriptedServer.with(script) { server in
            _ = try await HTTPFetcher().fetch(HTTPRequest(.get, server.url))
            await gone.wait()
        }
    }
}
