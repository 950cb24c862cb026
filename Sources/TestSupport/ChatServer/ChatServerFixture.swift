import AgentClient
import ChatServer
import Coordination
import Domain
import Logging
import ServiceLifecycle
import Store
import Web

/// ChatServers of the test's own, on free ports, over one database and one bell:
///
/// ```swift
/// try await ChatServerFixture.with(servers: 2) { f in
///     let anna = try await f.agent("anna")
///     try await f.connector.receive([.text("hello", chat: "100", external: "1")])
///     let event = try await anna.next("message.created")
/// }
/// ```
package struct ChatServerFixture: Sendable {
    package let base: StoreFixture
    package let nodes: [Node]
    package let hub: InMemoryHub
    /// Taken away, and polled for, where a test wants no bells.
    package let connector: StandInConnector

    package var store: Store { base.store }

    /// - Parameter change: the settings of every server, before it starts.
    package static func with<R: Sendable>(
        servers: Int = 1, logger: Logger = .silent, change: @Sendable (inout ChatServerSettings) -> Void = { _ in },
        _ body: @Sendable (ChatServerFixture) async throws -> R
    ) async throws -> R {
        try await StoreFixture.with(connections: 6, logger: logger) { base in
            let hub = InMemoryHub()
            var nodes: [Node] = []
            do {
                for number in 0..<servers {
                    var settings = ChatServerSettings(node: "node-\(number)", capabilities: { _, _ in .texts })
                    change(&settings)
                    nodes.append(try await Node.start(settings, base, hub.member()))
                }
                let connector = StandInConnector(
                    store: base.store, account: base.account, coordination: hub.member())
                let result = try await body(
                    ChatServerFixture(base: base, nodes: nodes, hub: hub, connector: connector))
                for node in nodes { await node.stop() }
                return result
            } catch {
                for node in nodes { await node.stop() }
                throw error
            }
        }
    }

    /// A connected and greeted agent of that name, whose token is made unless one is given.
    package func agent(
        _ name: String, _ scopes: [Scope] = [.agent], accounts: [String]? = nil, token: String? = nil, node: Int = 0,
        hello: AgentHello = AgentHello()
    ) async throws -> TestAgent {
        let secret: String
        if let token { secret = token } else { secret = try await base.token(name, scopes, accounts: accounts) }
        return try await TestAgent.connect(nodes[node].url, token: secret, hello: hello)
    }
}

extension Capabilities {
    /// Texts of at most 4096 UTF-16 units with inline keyboards of callbacks and links, which can answer others.
    package static var texts: Capabilities {
        var texts = Capabilities(
            kinds: [
                .text: .init(send: .full, receive: true), .image: .init(send: .no, receive: false),
            ], textMax: 4096, textUnit: .utf16,
            keyboards: .init(inline: .init(rows: 10, perRow: 4, kinds: [.callback, .url])), startByExternalID: true)
        texts.reply = true
        return texts
    }
}
