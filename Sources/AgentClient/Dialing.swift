import Domain
import Glibc
import NIOCore
import NIOPosix

/// The server that is spoken to, for messages that say what to do when it is not there.
package struct ServerKind: Sendable {
    package var name: String
    package var startCommand: String

    package init(name: String, startCommand: String) {
        self.name = name
        self.startCommand = startCommand
    }

    package static let chat = ServerKind(name: "chat server", startCommand: "eralink serve chat")
    package static let loader = ServerKind(name: "loader", startCommand: "eralink serve loader")
}

extension ServerAddress {
    /// Opens a TCP connection. Throws `unavailable` with the sentence for a person.
    func dial<Output: Sendable>(
        _ kind: ServerKind, timeout: Duration,
        initializer: @escaping @Sendable (any NIOCore.Channel) -> EventLoopFuture<Output>
    ) async throws -> Output {
        do {
            return try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                .connectTimeout(TimeAmount(timeout))
                .channelOption(.tcpOption(.tcp_nodelay), value: 1)
                .connect(host: host, port: port, channelInitializer: initializer)
        } catch let error as EralinkError {
            throw error
        } catch is CancellationError {
            throw CancellationError()
        } catch {
            throw failure(error, kind)
        }
    }

    private func failure(_ error: any Error, _ kind: ServerKind) -> EralinkError {
        if Self.isRefused(error) {
            return EralinkError(
                .unavailable, "\(kind.name) is not running at \(authority); start it with \"\(kind.startCommand)\"")
        }
        if (error as? NIOConnectionError)?.dnsAError != nil || error is SocketAddressError {
            return EralinkError(.unavailable, "\(kind.name)'s host \(host) is not known; check the name")
        }
        return EralinkError(.unavailable, "\(kind.name) at \(authority) cannot be reached: \(Self.reason(error))")
    }

    private static func isRefused(_ error: any Error) -> Bool {
        if let error = error as? IOError { return error.errnoCode == ECONNREFUSED }
        guard let error = error as? NIOConnectionError, !error.connectionErrors.isEmpty else { return false }
        return error.connectionErrors.allSatisfy { isRefused($0.error) }
    }

    private static func reason(_ error: any Error) -> String {
        if let error = error as? IOError { return String(cString: strerror(error.errnoCode)) }
        if let error = error as? NIOConnectionError, let first = error.connectionErrors.first {
            return reason(first.error)
        }
        if case .connectTimeout? = error as? ChannelError { return "no answer in time" }
        return "the connection failed"
    }
}

extension TimeAmount {
    init(_ duration: Duration) {
        let (seconds, attoseconds) = duration.components
        self = .nanoseconds(seconds * 1_000_000_000 + attoseconds / 1_000_000_000)
    }
}
