import Glibc

/// Ports of 127.0.0.1 that nobody listens on at the moment. Another process may take one before its user does: whoever
/// starts a server on one tries again with another where binding fails.
package enum FreePorts {
    package static func take() throws -> UInt16 { try take(1)[0] }

    package static func take(_ count: Int) throws -> [UInt16] {
        var sockets: [CInt] = []
        defer { for socket in sockets { close(socket) } }
        return try (0..<count).map { _ in
            let descriptor = socket(AF_INET, CInt(SOCK_STREAM.rawValue) | CInt(SOCK_CLOEXEC.rawValue), 0)
            guard descriptor >= 0 else { throw failure() }
            sockets.append(descriptor)
            var address = sockaddr_in()
            address.sin_family = sa_family_t(AF_INET)
            address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
            var length = socklen_t(MemoryLayout<sockaddr_in>.size)
            let status = withUnsafeMutablePointer(to: &address) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    bind(descriptor, $0, length) == 0 ? getsockname(descriptor, $0, &length) : -1
                }
            }
            guard status == 0 else { throw failure() }
            return UInt16(bigEndian: address.sin_port)
        }
    }

    private static func failure() -> ChildProcess.Failure {
        ChildProcess.Failure(description: "cannot find a free port: \(String(cString: strerror(errno)))")
    }
}
