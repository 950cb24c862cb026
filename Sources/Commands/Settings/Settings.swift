import Logging

/// Every setting of Eralink, typed, with its default. `Settings.keys` names and describes each of them; the README's table,
/// `config defaults` and the man page are made from that.
package struct Settings: Sendable, Equatable {
    package var database = Database()
    package var zookeeper = Ensemble()
    package var secrets = Secrets()
    package var server = Server()
    package var client = Client()
    package var urls = URLs()
    package var log = Log()
    package var limits = Limits()
    package var tokenFile: String?
    /// How long a disconnected agent keeps its chats; nil: for ever.
    package var releaseAfter: Duration?
    package var eventRetention: Duration = .seconds(72 * 3600)
    package var shutdownGrace: Duration = .seconds(30)

    package init() {}

    package struct Database: Sendable, Equatable {
        package var url: DatabaseURL?
        package var pool = 8
    }

    package struct Ensemble: Sendable, Equatable {
        package var connect: String?
        package var sessionTimeout: Duration = .seconds(10)
        package var auth: Secret?
    }

    package struct Secrets: Sendable, Equatable {
        package var keyFile: String?
    }

    package struct Server: Sendable, Equatable {
        package var host = "127.0.0.1"
        /// Nil: the role's own port (`DefaultPort`).
        package var port: Int?
    }

    package struct Client: Sendable, Equatable {
        package var proxy: Secret?
        package var caFile: String?
    }

    package struct URLs: Sendable, Equatable {
        package var chat = "http://127.0.0.1:\(DefaultPort.chat)"
        package var loader = "http://127.0.0.1:\(DefaultPort.loader)"
        package var files = "http://127.0.0.1:\(DefaultPort.connector)"
    }

    package struct Log: Sendable, Equatable {
        package var level = Logger.Level.info
        package var format = LogFormat.line
    }

    package struct Limits: Sendable, Equatable {
        package var uploadBytes = 200 << 20
        package var webhookBody = 1 << 20
        package var restBody = 64 << 10
        package var headers = 32 << 10
        package var headerTimeout: Duration = .seconds(10)
        package var idleTimeout: Duration = .seconds(75)
        package var sessionsPerToken = 16
        package var sessions = 20_000
        package var requestsPerTokenPerSecond = 50
        package var eventsUnread = 1000
        package var bytesUnread = 1 << 20
    }
}

/// The ports of the roles where `http.server.port` says nothing.
package enum DefaultPort {
    package static let chat = 8080
    package static let loader = 8081
    package static let connector = 8090
}

package enum LogFormat: String, Sendable, CaseIterable {
    case line
    case json
}
