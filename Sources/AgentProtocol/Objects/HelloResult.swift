import Domain
import JSON

/// The result of `session.hello` (agent-api.md, "Connection").
package struct HelloResult: Sendable, JSONWritable {
    package var agent: String
    package var scopes: [Scope]
    package var accounts: [String]
    package var session: String
    package var serverTime: Timestamp
    package var filesURL: String?
    /// The position at which `interactions` was read: the end of the replay, or "now".
    package var cursor: Cursor
    /// False: nothing is replayed, the client reloads.
    package var recovered: Bool
    /// The agent's own active interactions, each encoded already; cut to what the frame holds.
    package var interactions: [[UInt8]]
    /// Where `interactions.list` goes on; nil when these are all.
    package var interactionsNext: PageToken?
    package var features: [String]

    package init(
        agent: String, scopes: [Scope], accounts: [String], session: String, serverTime: Timestamp, filesURL: String?,
        cursor: Cursor, recovered: Bool, interactions: [[UInt8]], interactionsNext: PageToken? = nil,
        features: [String] = []
    ) {
        self.agent = agent
        self.scopes = scopes
        self.accounts = accounts
        self.session = session
        self.serverTime = serverTime
        self.filesURL = filesURL
        self.cursor = cursor
        self.recovered = recovered
        self.interactions = interactions
        self.interactionsNext = interactionsNext
        self.features = features
    }

    package func write(to writer: inout JSONWriter) {
        writer.objectValue {
            $0.member("agent", agent)
            $0.member("scopes", scopes)
            $0.member("accounts", accounts)
            $0.member("session", session)
            $0.member("server_time", serverTime)
            $0.member("ping_seconds", AgentLimits.pingSeconds)
            $0.member("max_frame_bytes", AgentLimits.maxFrameBytes)
            $0.member("max_in_flight", AgentLimits.maxInFlight)
            $0.member("files_url", filesURL)
            $0.member("epoch", cursor.epoch)
            $0.member("cursor", cursor)
            $0.member("recovered", recovered)
            $0.array("interactions") { for interaction in interactions { $0.raw(interaction) } }
            $0.member("interactions_next", interactionsNext?.text)
            $0.member("features", features)
        }
    }
}
