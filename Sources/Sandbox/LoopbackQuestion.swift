import Glibc

/// Sends a word to a port of 127.0.0.1 and reads the answer to its end, on a thread of its own.
package enum LoopbackQuestion {
    /// Nil where nobody answers in time.
    package static func ask(port: UInt16, _ question: String, within limit: Duration) async -> String? {
        await withCheckedContinuation { continuation in
            DetachedThread.run {
                continuation.resume(returning: ask(port, question, until: ContinuousClock.now + limit))
            }
        }
    }

    private static func ask(_ port: UInt16, _ question: String, until deadline: ContinuousClock.Instant) -> String? {
        let descriptor = socket(AF_INET, CInt(SOCK_STREAM.rawValue) | CInt(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        address.sin_port = port.bigEndian
        let connected = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
        guard connected, send(descriptor, question, question.utf8.count, CInt(MSG_NOSIGNAL)) > 0 else {
            return nil
        }
        var answer: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4096)
        while answer.count < 65_536 {
            let left = Int64((deadline - ContinuousClock.now) / .milliseconds(1))
            var entry = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            guard left > 0, poll(&entry, 1, CInt(left)) > 0 else { return nil }
            let count = recv(descriptor, &buffer, buffer.count, 0)
            if count == 0 { break }
            guard count > 0 else { return nil }
            answer += buffer[..<count]
        }
        return String(decoding: answer, as: UTF8.self)
    }
}
