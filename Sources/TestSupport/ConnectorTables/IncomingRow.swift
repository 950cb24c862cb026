import AgentProtocol
import Domain
import JSON

/// One case of what comes from a messenger: the update or the webhook's request → what is stored of it, or the refusal.
package struct IncomingRow: Sendable, CustomStringConvertible {
    package enum Result: Sendable, Equatable {
        case item(Inbound)
        /// Confirmed and counted under that label.
        case skipped(String)
        /// A webhook's `unreadable` or `unauthorized`, or a poll's failure.
        case refused(String)
    }

    package var label: String
    package var body: [UInt8]
    package var headers: [String: String]
    package var expected: [Result]

    package init(_ label: String, _ body: [UInt8], headers: [String: String] = [:], _ expected: [Result]) {
        self.label = label
        self.body = body
        self.headers = headers
        self.expected = expected
    }

    package init(_ label: String, _ json: String, headers: [String: String] = [:], _ expected: Result...) {
        self.init(label, Array(json.utf8), headers: headers, expected)
    }

    package var description: String { label }
}

extension [IncomingRow.Result] {
    init(items: [Inbound], skipped: [String: Int]) {
        self = items.map { .item($0) }
        for (label, count) in skipped.sorted(by: { $0.key < $1.key }) {
            self += Array(repeating: .skipped(label), count: count)
        }
    }
}

extension IncomingRow.Result {
    /// What no database could keep as it is: the content must come back the same from its stored JSON, and no text may hold
    /// U+0000.
    var storageComplaints: [String] {
        guard case .item(let inbound) = self else { return [] }
        var texts = [
            inbound.key, inbound.chat, inbound.profile?.name, inbound.profile?.username, inbound.profile?.language,
            inbound.profile?.phone, inbound.profile?.avatarSource,
        ]
        var found: [String] = []
        switch inbound.event {
        case .message(let message), .edit(let message):
            let stored = message.content.jsonBytes
            texts += [
                (try? JSONDocument(parsing: stored))?.hasUnstorableText == true ? "\0" : nil, message.externalID,
                message.replyTo?.externalID, message.replyTo?.preview, message.forwardedFrom?.name, message.group,
                message.startPayload, message.pressed, message.file?.source, message.file?.uniqueKey,
                message.file?.name, message.file?.mime,
            ]
            if (try? Content(kind: message.content.kind, bytes: stored)) != message.content {
                found.append("the content does not come back from \(String(decoding: stored, as: UTF8.self))")
            }
        case .reaction(let externalID, let emojis): texts += [externalID] + emojis
        case .blocked, .status, .profile, .file: break
        }
        if texts.contains(where: { $0?.unicodeScalars.contains("\0") == true }) {
            found.append("U+0000 stands in \(inbound)")
        }
        return found
    }
}
