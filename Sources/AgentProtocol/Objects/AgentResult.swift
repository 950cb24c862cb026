import Domain
import JSON

/// The results of methods, encoded, where they are not one object of the contract by itself.
package enum AgentResult {
    package static let empty = Array("{}".utf8)

    /// `message.send`, `message.forward`, `customer.ask_phone`.
    package static func sent(_ message: some Collection<UInt8>) -> [UInt8] {
        JSONWriter.object { $0.rawMember("message", message) }
    }

    /// `interaction.accept`: the interaction and the position from which its messages come as events.
    package static func accepted(_ interaction: Interaction, cursor: Cursor) -> [UInt8] {
        JSONWriter.object {
            interaction.writeMembers(to: &$0)
            $0.member("cursor", cursor)
        }
    }

    /// `interaction.start`
    package static func started(_ interaction: Interaction, message: [UInt8]?) -> [UInt8] {
        JSONWriter.object {
            $0.member("interaction", interaction)
            if let message { $0.rawMember("message", message) }
        }
    }

    /// `watch.start`, `watch.stop`: the position from which it is live.
    package static func watching(from cursor: Cursor) -> [UInt8] {
        JSONWriter.object { $0.member("cursor", cursor) }
    }

    /// `agents.list`
    package static func agents(_ agents: [AgentPresence]) -> [UInt8] {
        JSONWriter.object { $0.member("agents", agents) }
    }

    /// `file.link`
    package static func link(_ url: String, expiresAt: Timestamp) -> [UInt8] {
        JSONWriter.object {
            $0.member("url", url)
            $0.member("expires_at", expiresAt)
        }
    }
}
