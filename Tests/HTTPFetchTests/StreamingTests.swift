import HTTPFetch
import Testing

@Suite("Streaming")
struct StreamingTests {
    static let megabyte = 1 << 20

    /// `count` chunks of 64 KiB whose bytes tell their place; counts what was asked for.
    static func chunks(_ count: Int, asked: Shared<Int> = Shared(0)) -> Chunks { Chunks(count: count, asked: asked) }

    struct Chunks: AsyncSequence, Sendable {
        static let size = 64 << 10
        let count: Int
        let asked: Shared<Int>
        var failsAt: Int?

        static func byte(_ chunk: Int) -> UInt8 { UInt8(truncatingIfNeeded: chunk &* 31) }

        struct Iterator: AsyncIteratorProtocol {
            let chunks: Chunks
            var number = 0

            mutating func next() async throws -> [UInt8]? {
                guard number < chunks.count else { return nil }
                if number == chunks.failsAt { throw UnexpectedAnswer(status: 0) }
                defer { number += 1 }
                chunks.asked.change { $0 += 1 }
                return Array(repeating: Chunks.byte(number), count: Chunks.size)
            }
        }

        func makeAsyncIterator() -> Iterator { Iterator(chunks: self) }
    }

    @Test("20 MB go up as they are, no further ahead than the server reads")
    func upload() async throws {
        let asked = Shared(0)
        let ahead = Shared(0)
        let count = 320
        let total = count * Chunks.size
        let script: ScriptedServer.Script = { connection in
            guard let request = try await connection.request(headOnly: true) else { return }
            #expect(request.headers["content-length"] == "\(total)")
            #expect(request.headers["transfer-encoding"] == nil)
            // Nothing is read for a while: the client must stop asking when the sockets' buffers are full.
            var last = -1
            while asked.value != last {
                last = asked.value
                try await Task.sleep(for: .milliseconds(150))
            }
            ahead.change { $0 = last }
            var read = 0
            var isRight = true
            try await connection.drain(total) { piece in
                for byte in piece {
                    if byte != Chunks.byte(read / Chunks.size) { isRight = false }
                    read += 1
                }
            }
            try await connection.respond(body: "\(read) \(isRight)")
        }
        try await ScriptedServer.with(script) { server in
            try await withFetcher { fetcher in
                let response = try await fetcher.fetch(
                    HTTPRequest(.post, server.url, body: .stream(length: total, Self.chunks(count, asked: asked))))
                #expect(response.text == "\(total) true")
                #expect(ahead.value < 200, "all was read ahead: \(ahead.value) chunks")
            }
        }
    }

    @Test("a form's files stream, its length is announced, its names cannot break out")
    func multipart() async throws {
        let script = answering { request in
            (
                "200 OK", [],
                (request.headers["content-type"] ?? "") + "\n" + String(decoding: request.body, as: UTF8.self)
            )
        }
        let form = MultipartForm(
            [
                .field("chat_id", "7"),
                .file(
                    "photo", filename: "я \"q\"\r\n.jpg", contentType: "image/jpeg", length: 6, Pieces(["abc", "def"])),
                .file("empty", filename: "e", contentType: "text/plain", length: 0, Pieces([])),
                .file("last", filename: "l", contentType: "text/plain", bytes: Array("xyz".utf8)),
            ], boundary: "B")
        try await ScriptedServer.with(script) { server in
            try await withFetcher { fetcher in
                let text = try await fetcher.fetch(HTTPRequest(.post, server.url, body: .multipart(form))).text
                let expected = [
                    "multipart/form-data; boundary=B\n--B", "Content-Disposition: form-data; name=\"chat_id\"", "", "7",
                    "--B",
                    "Content-Disposition: form-data; name=\"photo\"; filename=\"я %22q%22%0D%0A.jpg\"",
                    "Content-Type: image/jpeg", "", "abcdef", "--B",
                    "Content-Disposition: form-data; name=\"empty\"; filename=\"e\"", "Content-Type: text/plain", "",
                    "",
                    "--B", "Content-Disposition: form-data; name=\"last\"; filename=\"l\"", "Content-Type: text/plain",
                    "",
                    "xyz", "--B--", "",
                ]
                #expect(text == expected.joined(separator: "\r\n"))
            }
        }
    }

    struct Pieces: AsyncSequence, Sendable {
        let texts: [String]
        init(_ texts: [String]) { self.texts = texts }

        struct Iterator: AsyncIteratorProtocol {
            var texts: [String]
            mutating func next() async throws -> [UInt8]? { texts.isEmpty ? nil : Array(texts.removeFirst().utf8) }
        }

        func makeAsyncIterator() -> Iterator { Iterator(texts: texts) }
    }

    @Test("a body of another length than announced is an error", arguments: [(5, "short"), (1, "long"), (0, "long")])
    func wrongLength(length: Int, kind: String) async throws {
        try await ScriptedServer.with({ try await $0.waitForClose() }) { server in
            try await withFetcher { fetcher in
                let error = try await failure(
                    fetcher, HTTPRequest(.post, server.url, body: .stream(length: length, Pieces(["a", "bc"]))))
                #expect(error.code == .requestBody)
            }
        }
    }

    @Test("a body that fails ends the transfer, and nobody waits for it")
    func failingBody() async throws {
        let gone = Event()
        let script: ScriptedServer.Script = { connection in
            try await connection.waitForClose()
            gone.fire()
        }
        try await ScriptedServer.with(script) { server in
            try await withFetcher { fetcher in
                var chunks = Self.chunks(100)
                chunks.failsAt = 50
                let error = try await failure(
                    fetcher, HTTPRequest(.post, server.url, body: .stream(length: 100 * Chunks.size, chunks)))
                #expect(error.code == .requestBody)
                #expect(error.delivery == .uncertain)
                await gone.wait()
            }
        }
    }

    @Test("an answer before the end of the body ends the sending")
    func earlyAnswer() async throws {
        let asked = Shared(0)
        let script: ScriptedServer.Script = { connection in
            _ = try await connection.request(headOnly: true)
            try await connection.respond("413 Request Entity Too Large", ["Connection: close"], body: "no")
            try await connection.waitForClose()
        }
        try await ScriptedServer.with(script) { server in
            try await withFetcher { fetcher in
                let body = HTTPRequestBody.stream(length: 3200 * Chunks.size, Self.chunks(3200, asked: asked))
                let response = try await fetcher.fetch(HTTPRequest(.post, server.url, body: body))
                #expect(response.status == 413)
                #expect(response.text == "no")
                #expect(asked.value < 3200)
            }
        }
    }

    /// Sends `total` bytes and notes how many it could get rid of.
    static func sending(_ total: Int, _ sent: Shared<Int>) -> ScriptedServer.Script {
        { connection in
            _ = try await connection.request()
            try await connection.send("HTTP/1.1 200 OK\r\nContent-Length: \(total)\r\nX-Kind: big\r\n\r\n")
            let piece = [UInt8](repeating: 7, count: 64 << 10)
            while sent.value < total {
                try await connection.send(bytes: piece)
                sent.change { $0 += piece.count }
            }
            try await connection.waitForClose()
        }
    }

    @Test("a slow consumer holds the sender up and gets everything")
    func slowConsumer() async throws {
        // Sockets on loopback hold some 10 to 30 MB by themselves.
        let total = 96 * Self.megabyte
        let sent = Shared(0)
        try await ScriptedServer.with(Self.sending(total, sent)) { server in
            try await withFetcher { fetcher in
                let request = HTTPRequest(.get, server.url, maxResponseBytes: total)
                let (read, largest) = try await fetcher.fetch(request) { head, body in
                    #expect(head.status == 200)
                    #expect(head.headers["x-kind"] == "big")
                    // Until nothing moves any more: what the server got rid of is in the sockets' buffers and ours.
                    var last = -1
                    while sent.value != last {
                        last = sent.value
                        try await Task.sleep(for: .milliseconds(150))
                    }
                    #expect(last < total * 3 / 4, "the server could send \(last) bytes to a consumer that took none")
                    var read = 0
                    var largest = 0
                    for try await bytes in body {
                        read += bytes.count
                        largest = max(largest, bytes.count)
                        if bytes.contains(where: { $0 != 7 }) { read = -1 << 40 }
                    }
                    return (read, largest)
                }
                #expect(read == total)
                #expect(largest <= (256 + 64) << 10)
            }
        }
    }

    @Test(
        "a streamed answer that grows too large, breaks off or is left early ends its connection",
        arguments: ["large", "cut", "left"])
    func streamEnds(kind: String) async throws {
        let gone = Event()
        let script: ScriptedServer.Script = { connection in
            _ = try await connection.request()
            try await connection.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n")
            if kind == "large" {
                try await connection.send("ffff\r\n" + String(repeating: "x", count: 0xffff) + "\r\n")
            }
            if kind != "cut" { try? await connection.waitForClose() }
            gone.fire()
        }
        try await ScriptedServer.with(script) { server in
            try await withFetcher { fetcher in
                do {
                    let request = HTTPRequest(.get, server.url, maxResponseBytes: 1000)
                    let first = try await fetcher.fetch(request) { _, body in
                        for try await bytes in body where kind == "left" { return bytes }
                        return []
                    }
                    #expect(kind == "left")
                    #expect(first == Array("abc".utf8))
                } catch let error as HTTPFetchError {
                    #expect(error.code == (kind == "large" ? .tooLarge : .truncated))
                }
                await gone.wait()
            }
        }
    }

    @Test("cancelling the consumer of a streamed answer ends its wait")
    func cancelConsumer() async throws {
        let reading = Event()
        let script: ScriptedServer.Script = { connection in
            _ = try await connection.request()
            try await connection.send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nabc")
            try await connection.waitForClose()
        }
        try await ScriptedServer.with(script) { server in
            try await withFetcher { fetcher in
                let task = Task {
                    try await fetcher.fetch(HTTPRequest(.get, server.url)) { _, body in
                        for try await _ in body { reading.fire() }
                    }
                }
                await reading.wait()
                task.cancel()
                await #expect(throws: HTTPFetchError.self) { try await task.value }
            }
        }
    }

    @Test("one fetch's answer can be another's body")
    func piped() async throws {
        let total = 4 * Self.megabyte
        let sent = Shared(0)
        let sink: ScriptedServer.Script = { connection in
            guard let request = try await connection.request() else { return }
            try await connection.respond(body: "\(request.body.count)")
        }
        try await ScriptedServer.with(Self.sending(total, sent)) { source in
            try await ScriptedServer.with(sink) { target in
                try await withFetcher { fetcher in
                    let text = try await fetcher.fetch(HTTPRequest(.get, source.url, maxResponseBytes: total)) {
                        _, body in
                        let upload = HTTPRequest(.post, target.url, body: .stream(length: total, body))
                        return try await fetcher.fetch(upload).text
                    }
                    #expect(text == "\(total)")
                }
            }
        }
    }
}
