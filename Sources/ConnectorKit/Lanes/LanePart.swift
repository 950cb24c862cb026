import Domain

/// One outgoing part as the lanes see it: what it is, where it goes and what it must not overtake.
package struct LanePart<ID: Hashable & Sendable, Chat: Hashable & Sendable>: Sendable, Equatable {
    package var id: ID
    package var chat: Chat
    package var lane: Lane
    /// The order within a chat and lane, and between chats that wait for the same thing. Unique within a chat and lane.
    package var seq: Int64
    package var notBefore: ContinuousClock.Instant?
    /// As how many starts it counts in the rates: an album as its number of messages.
    package var weight: Int

    package init(
        id: ID, chat: Chat, lane: Lane, seq: Int64, notBefore: ContinuousClock.Instant? = nil, weight: Int = 1
    ) {
        self.id = id
        self.chat = chat
        self.lane = lane
        self.seq = seq
        self.notBefore = notBefore
        self.weight = weight
    }
}
