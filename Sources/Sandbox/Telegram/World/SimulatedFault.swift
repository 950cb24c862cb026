/// Something that goes wrong on demand with the next calls that match.
package struct SimulatedFault: Sendable {
    package enum Effect: Sendable {
        /// 429 with that many seconds; where the call sends, its chat gets nothing more until they are over.
        case tooManyRequests(retryAfter: Int)
        /// An error answer of the Bot API; `migrateTo` goes into its parameters.
        case failure(code: Int, text: String, migrateTo: Int64? = nil)
        /// A proxy's page, which is no JSON.
        case badGateway
        /// Status 200 with a body that breaks off.
        case unreadable
        /// No answer, the connection stays open.
        case hang
        /// The connection is closed without an answer.
        case drop
        /// The call is carried out that many seconds later.
        case delay(seconds: Double)
    }

    package var effect: Effect
    /// Lower or upper case; nil for every method.
    package var method: String?
    package var chat: Int64?
    /// How many calls it strikes.
    package var times: Int
    /// Whether the call is carried out before it goes wrong: the message is sent, only the answer is lost.
    package var isTaken: Bool

    package init(
        _ effect: Effect, method: String? = nil, chat: Int64? = nil, times: Int = 1, isTaken: Bool = false
    ) {
        self.effect = effect
        self.method = method
        self.chat = chat
        self.times = times
        self.isTaken = isTaken
    }

    func strikes(method name: String, chat id: Int64?) -> Bool {
        (method.map { $0.lowercased() == name } ?? true) && (chat == nil || chat == id)
    }
}
