import Synchronization

/// Where ChatServers that were killed are to come back.
final class ChatPorts: Sendable {
    private let ports = Mutex<[Int: Int]>([:])
    func set(_ number: Int, _ port: Int) { ports.withLock { $0[number] = port } }
    func take(_ number: Int) -> Int? { ports.withLock { $0.removeValue(forKey: number) } }
}
