/// The figures of the contract (agent-api.md), in one place.
package enum AgentLimits {
    /// Bytes of one WebSocket message, either way.
    package static let maxFrameBytes = 262_144
    package static let maxInFlight = 1000
    package static let pingSeconds = 25
    package static let pageDefault = 50
    package static let pageMax = 200
    /// Bytes of a request's id.
    package static let requestIDBytes = 64
    package static let msgIDBytes = 64
    /// Bytes of an id of the database, of an agent's or an account's name in a request.
    package static let idBytes = 64
    /// Bytes of what messengers call their own: external ids, the ids of presses.
    package static let externalIDBytes = 256
    /// Unicode scalars of the text that answers a press.
    package static let callbackText = 200
    package static let linkSeconds = 60...86_400
    package static let attributeCount = 64
    /// Bytes of all names and values of a customer's attributes together.
    package static let attributeBytes = 4096
    /// Bytes of short free texts for people: client, reason, query, names, titles.
    package static let shortTextBytes = 1024
    /// Bytes of a note.
    package static let noteBytes = 4096
    /// Elements of each list of a watch.
    package static let watchCount = 1000
    /// Bytes of a message's content and keyboard as JSON: with what stands around them in an event or a page they fit into
    /// one frame. Past it a send is `too_large`, after the channel's own limits have had their say.
    package static let contentBytes = 131_072
    /// Bytes of `unsupported.raw`.
    package static let rawBytes = 16_384
    /// Characters, as people count them, of `reply_to.preview`.
    package static let previewCharacters = 100
}
