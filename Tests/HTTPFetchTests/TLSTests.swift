import Foundation
import Glibc
import HTTPFetch
import Testing

/// Against `openssl s_server`, with a certificate made for the test.
@Suite("TLS", .enabled(if: FileManager.default.isExecutableFile(atPath: TLSServer.openssl), "openssl is not installed"))
struct TLSTests {
    @Test("an authority that is not trusted ends the handshake, one that is in the CA file serves")
    func authorities() async throws {
        try await TLSServer.with { server in
            try await withFetcher { fetcher in
                let error = try await failure(fetcher, HTTPRequest(.post, server.url, body: .string("secret")))
                #expect(error.code == .tls)
                #expect(error.delivery == .certainlyNotSent)
                #expect(error.curlCode == 60)
            }
            try await withFetcher(HTTPFetchConfiguration(caFile: server.certificate)) { fetcher in
                let response = try await fetcher.fetch(HTTPRequest(.get, server.url))
                #expect(response.status == 200)
                #expect(response.text.contains("s_server"))
                let guarded = HTTPRequest(.get, server.url, guarded: FetchGuard(allowsPrivate: true))
                let again = try await fetcher.fetch(guarded)
                #expect(again.status == 200)
            }
        }
    }

    @Test("a certificate for another name is refused, although its authority is trusted")
    func otherName() async throws {
        try await TLSServer.with { server in
            try await withFetcher(HTTPFetchConfiguration(caFile: server.certificate)) { fetcher in
                let url = server.url.replacing("127.0.0.1", with: "localhost")
                let error = try await failure(fetcher, HTTPRequest(.get, url))
                #expect(error.code == .tls)
            }
        }
    }
}

struct TLSServer: Sendable {
    static let openssl = "/usr/bin/openssl"

    let url: String
    let certificate: String

    static func with(_ body: @Sendable (TLSServer) async throws -> Void) async throws {
        let directory = FileManager.default.temporaryDirectory.appending(path: "eralink-tls-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: directory) }
        let (certificate, key) = (directory.appending(path: "c.pem").path, directory.appending(path: "k.pem").path)
        let request = try start(
            [
                "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj",
                "/CN=test", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out", certificate,
            ])
        for try await _ in request.output.fileHandleForReading.bytesUntilEnd {}
        let server = try start(["s_server", "-accept", "127.0.0.1:0", "-cert", certificate, "-key", key, "-www"])
        // Not terminate(): s_server was seen to outlive SIGTERM.
        defer {
            kill(server.process.processIdentifier, SIGKILL)
            server.process.waitUntilExit()
        }
        var printed = ""
        for try await bytes in server.output.fileHandleForReading.bytesUntilEnd {
            printed += String(decoding: bytes, as: UTF8.self)
            guard
                let line = printed.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
                    .first(where: { $0.hasPrefix("ACCEPT ") })
            else { continue }
            return try await body(TLSServer(url: "https://\(line.dropFirst(7))", certificate: certificate))
        }
        throw UnexpectedAnswer(status: 0)
    }

    private static func start(_ arguments: [String]) throws -> (process: Process, output: Pipe) {
        let process = Process()
        let output = Pipe()
        process.executableURL = URL(filePath: openssl)
        process.arguments = arguments
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        // s_server reads commands from it and ends with it.
        process.standardInput = Pipe()
        try process.run()
        return (process, output)
    }
}

extension FileHandle {
    /// What can be read until the end, read on a thread that may block.
    fileprivate var bytesUntilEnd: AsyncStream<[UInt8]> {
        AsyncStream(bufferingPolicy: .bufferingNewest(64)) { continuation in
            let descriptor = fileDescriptor
            let handle = self
            Thread.detachNewThread {
                var buffer = [UInt8](repeating: 0, count: 4096)
                while case let count = Glibc.read(descriptor, &buffer, buffer.count), count > 0 {
                    continuation.yield(Array(buffer[..<count]))
                }
                withExtendedLifetime(handle) { continuation.finish() }
            }
        }
    }
}
