import Domain
import HTTPFetch
import JSON
import NIOCore
import NIOPosix
import Postgres
import Store
import TestSupport
import Testing

@testable import ConnectorKit

@Suite("The FileServer")
struct FileServerTests {
    private static let png: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A] + Array(repeating: 1, count: 92)

    private func pattern(_ count: Int) -> [UInt8] { (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 8) } }

    @Test("what was uploaded comes back the same, over many chunks, with its headers")
    func roundTrip() async throws {
        try await FileServerFixture.with { s in
            let bytes = Self.png + pattern(3 << 20)
            let file = try await s.upload(bytes, name: "%D1%84%D0%BE%D1%82%D0%BE.png")
            #expect(file["state"]?.string == "ready")
            #expect(file["mime"]?.string == "image/png")
            #expect(file["name"]?.string == "фото.png")
            #expect(file["size"]?.int64 == Int64(bytes.count))
            let id = try #require(file["file"]?.string)
            let got = try await s.send(.get, "/files/support/\(id)")
            #expect(got.status == 200)
            #expect(got.body == bytes)
            #expect(got.headers["ETag"] == "\"\(file["sha256"]?.string ?? "")\"")
            #expect(got.headers["X-Content-Type-Options"] == "nosniff")
            #expect(got.headers["Content-Disposition"]?.hasPrefix("inline; filename=") == true)
            #expect(got.headers["Content-Disposition"]?.contains("filename*=UTF-8''%D1%84%D0%BE") == true)
            let head = try await s.send(.head, "/files/support/\(id)")
            #expect(head.status == 200)
            #expect(head.headers["Content-Length"] == "\(bytes.count)")
            let tag = try #require(got.headers["ETag"])
            #expect(try await s.send(.get, "/files/support/\(id)", headers: [("If-None-Match", tag)]).status == 304)
        }
    }

    @Test("parts are exact across the borders of chunks")
    func parts() async throws {
        try await FileServerFixture.with { s in
            let bytes = Self.png + pattern(700_000)
            let id = try #require(try await s.upload(bytes)["file"]?.string)
            for range in [0..<1, 262_143..<262_145, 262_144..<524_288, 699_000..<bytes.count, 5..<600_000] {
                let got = try await s.send(
                    .get, "/files/support/\(id)",
                    headers: [("Range", "bytes=\(range.lowerBound)-\(range.upperBound - 1)")])
                #expect(got.status == 206)
                #expect(got.body == Array(bytes[range]))
                #expect(
                    got.headers["Content-Range"]
                        == "bytes \(range.lowerBound)-\(range.upperBound - 1)/\(bytes.count)")
            }
            let beyond = try await s.send(.get, "/files/support/\(id)", headers: [("Range", "bytes=9999999-")])
            #expect(beyond.status == 416)
            #expect(beyond.headers["Content-Range"] == "bytes */\(bytes.count)")
            let several = try await s.send(.get, "/files/support/\(id)", headers: [("Range", "bytes=0-1,5-6")])
            #expect(several.status == 200)
        }
    }

    @Test(
        "active content never runs in a browser, whatever it is called",
        arguments: ["<html><script>alert(1)</script>", "<svg onload='alert(1)'/>", "<?xml version='1.0'?><x/>"])
    func active(_ text: String) async throws {
        try await FileServerFixture.with { s in
            let id = try #require(try await s.upload(Array(text.utf8), name: "photo.png")["file"]?.string)
            let got = try await s.send(.get, "/files/support/\(id)")
            #expect(got.headers["Content-Disposition"]?.hasPrefix("attachment") == true)
            #expect(got.headers["Content-Type"]?.hasPrefix("image/png") == false)
            #expect(got.headers["Content-Security-Policy"]?.contains("sandbox") == true)
        }
    }

    @Test("who has no token, or a token for other accounts, sees nothing")
    func strangers() async throws {
        try await FileServerFixture.with { s in
            let id = try #require(try await s.upload(Self.png)["file"]?.string)
            #expect(try await s.send(.get, "/files/support/\(id)", authorized: false).status == 401)
            #expect(try await s.send(.post, "/files/support", body: .bytes([1]), authorized: false).status == 401)
            #expect(try await s.send(.get, "/files/other/\(id)").status == 404)
            #expect(try await s.send(.get, "/files/support/123456789").status == 404)
            #expect(try await s.send(.get, "/files/support/..%2Fetc").status == 404)
            let other = "token-of-boris-which-is-long-enough"
            _ = try await s.f.store.createToken(
                Secret(other), name: "boris", scopes: [.agent], accounts: ["sales"], lifetime: nil, by: "test")
            let refused = try await s.send(
                .get, "/files/support/\(id)", headers: [("Authorization", "Bearer \(other)")], authorized: false)
            #expect(refused.status == 404)
        }
    }

    @Test("a signed link opens its file until it expires, and no other")
    func signedLinks() async throws {
        try await FileServerFixture.with { s in
            let id = try #require(try await s.upload(Self.png)["file"]?.string)
            let other = try #require(try await s.upload(Self.png + [2])["file"]?.string)
            let made = try await s.send(.post, "/files/support/\(id)/link", body: .string(#"{"ttl_s":60}"#))
            #expect(made.status == 200)
            let link = try #require(try JSONValue(parsing: made.body)["url"]?.string)
            let path = String(link.dropFirst("https://files.example".count))
            #expect(link.hasPrefix("https://files.example/files/support/\(id)?exp="))
            #expect(try await s.send(.get, path, authorized: false).status == 200)
            let forged = path.replacing("/\(id)?", with: "/\(other)?")
            #expect(try await s.send(.get, forged, authorized: false).status == 401)
            let file = try #require(FileID(text: id))
            let past = s.links.path(to: file, account: "support", until: Timestamp.now.seconds - 1)
            #expect(try await s.send(.get, past, authorized: false).status == 401)
            for body in [#"{"ttl_s":59}"#, #"{"ttl_s":86401}"#, #"{"ttl":60}"#, "[", "[]"] {
                #expect(try await s.send(.post, "/files/support/\(id)/link", body: .string(body)).status == 400)
            }
        }
    }

    @Test("a messenger's link carries the name in its path, and GET and HEAD need no token")
    func providerLinks() async throws {
        try await FileServerFixture.with { s in
            let id = try #require(
                try await s.upload(Self.png, name: "p.png")["file"]?.string.flatMap(FileID.init(text:)))
            let path = s.links.path(to: id, account: "support", named: "фото 1.png", until: Timestamp.now.seconds + 60)
            #expect(path.hasSuffix("/%D1%84%D0%BE%D1%82%D0%BE%201.png"))
            let got = try await s.send(.get, path, authorized: false)
            #expect(got.status == 200)
            #expect(got.body == Self.png)
            #expect(got.headers["Content-Type"] == "image/png")
            #expect(try await s.send(.head, path, authorized: false).headers["Content-Length"] == "\(Self.png.count)")
            let past = s.links.path(to: id, account: "support", named: "p.png", until: Timestamp.now.seconds - 1)
            #expect(try await s.send(.get, past, authorized: false).status == 404)
        }
    }

    @Test("what cannot be taken is refused with its status, and leaves nothing")
    func refusals() async throws {
        try await FileServerFixture.with(limit: 1000) { s in
            #expect(try await s.send(.post, "/files/support?name=a", body: .bytes([])).status == 400)
            #expect(try await s.send(.post, "/files/support?name=a", body: .bytes(pattern(1001))).status == 413)
            #expect(try await s.send(.post, "/files/support?what=a", body: .bytes([1])).status == 400)
            #expect(try await s.send(.post, "/files/support?name=a&name=b", body: .bytes([1])).status == 400)
            let form = MultipartForm([.file("f", filename: "a", contentType: "text/plain", bytes: [1])])
            #expect(try await s.send(.post, "/files/support?name=a", body: .multipart(form)).status == 415)
            try await eventuallyEmpty(s)
        }
    }

    @Test("an upload that is cut in the middle leaves nothing")
    func cutUpload() async throws {
        try await FileServerFixture.with { s in
            let port = try #require(Int(s.url.split(separator: ":").last ?? ""))
            let client = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                .connect(host: "127.0.0.1", port: port).get()
            let head =
                "POST /files/support?name=a.bin HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer \(s.token)\r\n"
                + "Content-Length: 2000000\r\n\r\n"
            try await client.writeAndFlush(ByteBuffer(string: head)).get()
            try await client.writeAndFlush(ByteBuffer(bytes: pattern(700_000))).get()
            let rows = try await eventually(s, "SELECT count(*) FROM file_chunk") { $0 >= 2 }
            #expect(rows >= 2)
            try await client.close()
            try await eventuallyEmpty(s)
        }
    }

    @Test("a file that is on its way is waited for; one that never came is gone")
    func pending() async throws {
        try await FileServerFixture.with { s in
            let id = FileID(77)
            try await s.f.store.beginUpload(id, account: s.f.account.id, name: "a", by: "anna")
            async let answer = s.send(.get, "/files/support/77")
            let content = FileContent(of: id, store: s.f.store, limit: 100)
            try await content.append(Self.png)
            try await s.f.store.finishUpload(id, name: "a.png", mime: "image/png", try await content.finish())
            let status = try await answer.status
            #expect(status == 200)
            _ = try await s.f.store.pool.batch([
                "UPDATE file SET state = 'failed', reason_code = 'expired', reason_text = 'too late' WHERE id = 77"
            ])
            #expect(try await s.send(.get, "/files/support/77").status == 410)
        }
    }

    // MARK: waiting

    private func eventuallyEmpty(_ s: FileServerFixture) async throws {
        #expect(try await eventually(s, "SELECT count(*) FROM file") { $0 == 0 } == 0)
        #expect(try await eventually(s, "SELECT count(*) FROM file_chunk") { $0 == 0 } == 0)
    }

    private func eventually(_ s: FileServerFixture, _ query: String, _ holds: (Int64) -> Bool) async throws -> Int64 {
        let limit = ContinuousClock.now + .seconds(20)
        while true {
            let count: Int64 = try await s.f.store.pool.batch([.init(unescaped: query)])[0][0].value(at: 0)
            if holds(count) || ContinuousClock.now > limit { return count }
            try await Task.sleep(for: .milliseconds(20))
        }
    }
}
