import AgentClient
import Domain
import JSON

/// One message on its way, from the request to the state that is waited for. The events are listened to from before the
/// request on, and a request that a broken connection left open is made again under the same `msg_id`.
struct Sending: Sendable {
    var account: String
    var to: String
    var content: OutgoingContent
    var replyTo: String?
    var goal: SendGoal
    var msgID: String

    struct Outcome: Sendable {
        /// What is printed; nil where nothing was accepted.
        var row: SentRow?
        var failure: CommandFailure?
    }

    /// Throws what the server refuses.
    func outcome(over client: ResumingAgentClient, within timeout: Duration) async throws -> Outcome {
        let progress = SendProgress()
        do {
            return try await withThrowingTaskGroup(of: Outcome.self) { group in
                group.addTask { try await follow(client, progress) }
                group.addTask {
                    try await Task.sleep(for: timeout)
                    return await timedOut(progress)
                }
                defer { group.cancelAll() }
                return try await group.next() ?? Outcome()
            }
        } catch let closed as AgentClosed {
            throw closed.error
        }
    }

    private func timedOut(_ progress: SendProgress) async -> Outcome {
        let row = await progress.row
        let what = row.map { "message \($0.message) is \($0.state), not \(goal.rawValue) yet" }
        return Outcome(
            row: row,
            failure: .timedOut(
                "\(what ?? "the chat server has not accepted the message"); repeat with --msg-id \(msgID) to go on"))
    }

    private func follow(_ client: ResumingAgentClient, _ progress: SendProgress) async throws -> Outcome {
        do {
            try await client.run { item in
                switch item {
                case .connected: try await begin(client, progress)
                case .event(let event): await progress.take(event)
                case .gap, .disconnected: return
                }
                if let outcome = await progress.outcome(goal) { throw Finished(outcome: outcome) }
            }
        } catch let finished as Finished {
            return finished.outcome
        }
        return Outcome()
    }

    private struct Finished: Error {
        let outcome: Outcome
    }

    private func begin(_ client: ResumingAgentClient, _ progress: SendProgress) async throws {
        try await requireReports(client)
        if let replyTo {
            let interaction = try await openChat(client)
            let result = try await client.request(
                "message.send",
                .members([
                    "interaction": .string(interaction), "msg_id": .string(msgID), "reply_to": .string(replyTo),
                ]).with(content.members))
            return await progress.accepted(result["message"] ?? .null)
        }
        let result = try await client.request(
            "interaction.start",
            .members([
                "account": .string(account), "to": address, "msg_id": .string(msgID), "take": .bool(false),
                "content": .object(content.members),
            ]))
        await progress.accepted(result["message"] ?? .null)
    }

    private var isPhone: Bool { to.hasPrefix("+") }
    private var address: JSONValue { .members([isPhone ? "phone" : "external_id": .string(to)]) }

    /// A wait for a notice that the channel never gives is refused before anything is sent.
    private func requireReports(_ client: ResumingAgentClient) async throws {
        guard goal == .delivered || goal == .read else { return }
        let answer = try await client.request("capabilities.get", .members(["account": .string(account)]))
        guard let channel = answer["accounts"]?[0] else { return }
        let reads = channel["read"]?.bool == true
        let isReported = goal == .read ? reads : reads || channel["delivered"]?.bool == true
        guard !isReported else { return }
        throw EralinkError(
            .unsupported,
            "\(channel["channel"]?.string ?? "the channel") does not report when a message is \(goal.rawValue); use --wait sent",
            details: [.init("account", account)])
    }

    /// The chat with the customer that is not closed: a reply goes into that one.
    private func openChat(_ client: ResumingAgentClient) async throws -> String {
        for state in ["active", "waiting"] {
            let page = try await client.request(
                "interactions.list",
                .members([
                    "account": .string(account), "query": .string(isPhone ? String(to.dropFirst()) : to),
                    "state": .string(state), "limit": .number(200),
                ]))
            let member = isPhone ? "phone" : "external_id"
            let chat = page["items"]?.array?.first { $0["customer"]?[member]?.string == to }
            if let id = chat?["id"]?.string { return id }
        }
        throw EralinkError(
            .notFound, "there is no open chat with \(to) on \(account); send without --reply-to",
            details: [.init("account", account)])
    }
}
