import Foundation
import Glibc
import Testing

@testable import Web

/// How much an idle session costs. Run alone, so that no other test's memory is in the figure:
/// `ERALINK_MEASURE=2000 swift test --filter IdleSessionMemory`.
@Suite("Memory of idle sessions")
struct IdleSessionMemoryTests {
    private static let count = ProcessInfo.processInfo.environment["ERALINK_MEASURE"].flatMap { Int($0) } ?? 0

    @Test("an idle session costs less than 11 KB", .enabled(if: count > 0))
    func idle() async throws {
        let count = Self.count
        var files = rlimit(rlim_cur: 60_000, rlim_max: 60_000)
        setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &files)
        let log = SessionLog()
        var limits = WebLimits()
        limits.connections = 60_000
        try await TestServer.with(limits: limits, webSocket: .echo(log) { $0.pingEvery = .seconds(3600) }) { server in
            // What the first ones allocate is there once, whatever their number.
            let warm = await open(200, server.port)
            let before = Self.residentBytes
            let sessions = await open(count, server.port)
            #expect(sessions.count == count)
            #expect(server.server.sessions == count + 200)
            let each = (Self.residentBytes - before) / count
            print("\(count) idle sessions: \(each) bytes of resident memory each")
            #expect(each < 11 * 1024)
            // Afterwards each has received one message and sent one.
            for descriptor in sessions {
                let frame = RawFrame.text(String(repeating: "x", count: 300))
                _ = frame.withUnsafeBytes { Glibc.send(descriptor, $0.baseAddress, $0.count, 0) }
            }
            while log.notes.count < count { try await Task.sleep(for: .milliseconds(50)) }
            try await Task.sleep(for: .seconds(1))
            let used = (Self.residentBytes - before) / count
            print("\(count) sessions after one message each: \(used) bytes of resident memory each")
            for descriptor in warm + sessions { Glibc.close(descriptor) }
        }
    }

    private static var residentBytes: Int {
        let statm = (try? String(contentsOfFile: "/proc/self/statm", encoding: .ascii)) ?? ""
        return (statm.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0) * 4096
    }

    /// Sessions whose client side is a plain socket: it costs this process nothing. On a thread of its own, since it blocks.
    private func open(_ count: Int, _ port: Int) async -> [Int32] {
        await withCheckedContinuation { continuation in
            Thread.detachNewThread { continuation.resume(returning: (0..<count).compactMap { _ in Self.open(port) }) }
        }
    }

    private static func open(_ port: Int) -> Int32? {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let connected = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard connected == 0 else { return nil }
        let handshake = Array(RawClient.handshake.utf8)
        guard send(descriptor, handshake, handshake.count, 0) == handshake.count else { return nil }
        var reply = [UInt8](repeating: 0, count: 1024)
        guard recv(descriptor, &reply, reply.count, 0) > 0, reply.starts(with: Array("HTTP/1.1 101".utf8)) else {
            return nil
        }
        return descriptor
    }
}
