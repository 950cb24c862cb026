import Glibc

/// Tells systemd how a daemon is doing (sd_notify(3)): datagrams to the socket that `NOTIFY_SOCKET` names. Does nothing
/// where no service manager has asked for it.
package struct ServiceNotifier: Sendable {
    private let path: String?
    /// How often `alive()` is due: half of what the service manager waits for. Nil where it does not watch.
    package let watchdogInterval: Duration?

    package init(environment: [String: String]) {
        path = environment["NOTIFY_SOCKET"].flatMap { $0.hasPrefix("/") || $0.hasPrefix("@") ? $0 : nil }
        let isForUs = environment["WATCHDOG_PID"].map { $0 == String(getpid()) } ?? true
        watchdogInterval = environment["WATCHDOG_USEC"].flatMap(Int64.init).flatMap {
            $0 > 0 && isForUs ? .microseconds($0 / 2) : nil
        }
    }

    /// The daemon serves; `status` is a line for `systemctl status`, such as the address that it listens at.
    package func ready(status: String) { send("READY=1\nSTATUS=\(Self.oneLine(status))") }

    package func status(_ text: String) { send("STATUS=\(Self.oneLine(text))") }

    /// The start takes that much longer still: nobody is to give it up before (`TimeoutStartSec`).
    package func extendStart(by time: Duration) {
        send("EXTEND_TIMEOUT_USEC=\(Int64(time / .microseconds(1)))")
    }

    package func stopping() { send("STOPPING=1") }

    package func alive() { send("WATCHDOG=1") }

    private static func oneLine(_ text: String) -> String {
        text.split(whereSeparator: \.isNewline).joined(separator: " ")
    }

    private func send(_ state: String) {
        guard let path else { return }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        var name = Array(path.utf8)
        // An abstract socket's name begins with a zero byte and has no other end than its length.
        if name.first == UInt8(ascii: "@") { name[0] = 0 }
        guard name.count < MemoryLayout.size(ofValue: address.sun_path) else { return }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: name) }
        let length = MemoryLayout.offset(of: \sockaddr_un.sun_path).map { $0 + name.count } ?? 0
        let descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return }
        defer { close(descriptor) }
        let bytes = Array(state.utf8)
        withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                // A service manager that does not listen is no reason to stop serving.
                _ = sendto(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL), $0, socklen_t(length))
            }
        }
    }
}
