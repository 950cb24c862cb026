import AgentProtocol
import Crypto
import Domain
import JSON

/// Who asks for something, and what they may see.
package struct Actor: Sendable, Hashable {
    /// The token's name: the agent.
    package var name: String
    package var scopes: Set<Scope>
    /// Nil: all accounts.
    package var accounts: Set<String>?

    package init(name: String, scopes: Set<Scope>, accounts: Set<String>?) {
        self.name = name
        self.scopes = scopes
        self.accounts = accounts
    }

    package var isSupervisor: Bool { scopes.contains(.supervisor) || scopes.contains(.admin) }

    package func isGranted(_ account: String) -> Bool { accounts?.contains(account) ?? true }

    /// The granted accounts as a query's argument: null means all.
    var grantedNames: [String]? { accounts.map { $0.sorted() } }
}

/// A message that an agent wants to send.
package struct OutgoingDraft: Sendable {
    package var actor: Actor
    package var interaction: InteractionID
    package var msgID: String
    /// Of the request's body: the same key with another body is a conflict.
    package var digest: [UInt8]
    package var content: Content
    /// The kind's object as JSON, stored and spliced as it is.
    package var contentJSON: [UInt8]
    package var keyboard: Keyboard?
    package var keyboardJSON: [UInt8]?
    package var replyTo: MessageID?
    package var group: String?
    package var adapt: Adapt
    package var lane: Lane
    /// Where the message comes from that it forwards.
    package var forwardedFrom: ForwardOrigin?
    /// The message that the messenger itself forwards.
    package var forward: OutgoingPart.ForwardSource?
    /// The beginning of the message that it answers, filled in before it is checked.
    package var answered: String?
    /// Sent by `interaction.start`, which has rules of its own for whose chat it may write into.
    var startsChat = false

    /// - Parameter body: what makes two requests with one `msg_id` the same (`AgentRequest.idempotencyBody`).
    package init(
        actor: Actor, interaction: InteractionID, msgID: String, body: [UInt8], content: Content, keyboard: Keyboard?,
        replyTo: MessageID?, group: String?, adapt: Adapt = .strict, lane: Lane = .live
    ) {
        self.actor = actor
        self.interaction = interaction
        self.msgID = msgID
        digest = Array(SHA256.hash(data: body))
        self.content = content
        contentJSON = content.jsonBytes
        self.keyboard = keyboard
        keyboardJSON = keyboard?.jsonBytes
        self.replyTo = replyTo
        self.group = group
        self.adapt = adapt
        self.lane = lane
    }

    /// Says something else.
    package mutating func become(_ content: Content) {
        self.content = content
        contentJSON = content.jsonBytes
    }

    /// The message as its only part.
    package var asItIs: PartDraft { PartDraft(content: content, keyboard: keyboard) }
}

/// The parts that an account's channel takes a draft in; throws the reason where it cannot.
package typealias AdmissionCheck = @Sendable (AccountReference, OutgoingDraft) throws(EralinkError) -> [PartDraft]

/// What an account's channel can do; nil where there is no connector for its kind.
package typealias ChannelTable = @Sendable (AccountReference) -> Capabilities?
