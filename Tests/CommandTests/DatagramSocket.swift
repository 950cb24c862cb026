import Glibc

/// The service manager's end.
struct DatagramSocket {
    struct Failure: Error {}

    private let descriptor: Int32

    init(path: String) throws {
        descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8.prefix(107)) }
        let status = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        guard status == 0 else { throw Failure() }
    }

    func receive() -> String {
        var buffer = [UInt8](repeating: 0, count: 1024)
        let count = recv(descriptor, &buffer, buffer.count, Int32(MSG_DONTWAIT))
        return String(decoding: buffer.prefix(max(count, 0)), as: UTF8.self)
    }

    /// The next datagram that begins so, as soon as it comes; others before it are dropped.
    func next(beginning start: String) async throws -> String {
        while true {
            let datagram = receive()
            if datagram.hasPrefix(start) { return datagram }
            if datagram.isEmpty { try await Task.sleep(for: .milliseconds(10)) }
        }
    }

    func close() { _ = Glibc.close(descriptor) }
}
