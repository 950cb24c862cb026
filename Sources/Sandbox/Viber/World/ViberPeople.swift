import JSON

/// A bot of the simulated Viber.
package struct SimulatedViberBot: Sendable, Equatable {
    package var id: String
    package var token: String
    package var name: String
}

/// A person with Viber on a device.
package struct SimulatedViberUser: Sendable, Equatable {
    /// Opaque, with the characters that ids of Viber have.
    package var id: String
    package var name: String
    package var avatar: String?
    package var phone: String
    package var language: String
    package var country: String
    /// The largest level that all of the person's devices understand.
    package var apiVersion: Int
    /// Where neither `share-phone` nor `location-picker` works.
    package var isDesktop: Bool

    /// `sender` and `user` of callbacks; names and pictures only where the webhook asked for them.
    func json(withName: Bool, withPhoto: Bool) -> [UInt8] {
        JSONWriter.object {
            $0.member("id", id)
            $0.member("name", withName ? name : "Subscriber")
            if withPhoto { $0.optional("avatar", avatar) }
            $0.member("language", language)
            $0.member("country", country)
            $0.member("api_version", apiVersion)
        }
    }
}

/// What a bot sent to a person.
package struct SimulatedViberMessage: Sendable, Equatable {
    /// Nil: a welcome message, which has none.
    package var token: Int64?
    package var user: String
    package var body: JSONValue
    /// Seconds since 1970.
    package var at: Double
    package var isDelivered = false
    package var isSeen = false
    package var failure: String?
    /// What was fetched from `media`; nil: nothing yet, or nothing to fetch.
    package var media: FetchedMedia?

    package struct FetchedMedia: Sendable, Equatable {
        package var status: Int
        package var type: String?
        package var bytes: [UInt8]
    }

    package var type: String { body["type"]?.string ?? "" }
    package var text: String? { body["text"]?.string }

    package var buttons: [JSONValue] {
        (body["keyboard"]?["Buttons"] ?? body["rich_media"]?["Buttons"])?.array ?? []
    }
}

/// Something a bot did that a real one should not do, whether or not Viber answers it with an error.
package struct SimulatedViberViolation: Sendable, Equatable {
    package enum Kind: String, Sendable, CaseIterable {
        /// Status 3 or 4: a member that is missing, unknown or not as it should be.
        case badData
        /// A body that is no JSON object, or of another content type.
        case brokenBody
        /// More than 30 KB.
        case tooLarge
        case unknownMethod
        case unauthorized
        /// A send to who had told to be no subscriber, told so already.
        case sentToUnsubscribed
        /// More than the rates allow.
        case overRate
        /// `get_user_details` more than twice in 12 hours.
        case tooManyDetails
        /// A file that cannot be fetched as it was announced: address, length, type.
        case badMedia
        /// A webhook that answered late, or not with 200.
        case badWebhook
        /// A newer level than the person's devices have.
        case tooNew
        /// A body in the answer to a callback that takes none, or a welcome that is no message.
        case badWelcome
    }

    package var kind: Kind
    package var method: String
    package var detail: String
}

/// Something that goes wrong on demand with the next calls that match.
package struct SimulatedViberFault: Sendable {
    package enum Effect: Sendable {
        case status(Int, String?)
        /// A page of a server in front.
        case page(Int)
        /// Status 200 with a body that breaks off.
        case unreadable
        /// The connection ends without an answer.
        case drop
        /// No answer, the connection stays.
        case hang
    }

    package var effect: Effect
    package var method: String?
    package var user: String?
    package var times: Int
    /// Whether the call is carried out before it goes wrong.
    package var isTaken: Bool
    /// So many calls that it fits pass first.
    package var passing: Int

    package init(
        _ effect: Effect, method: String? = nil, user: String? = nil, times: Int = 1, isTaken: Bool = false,
        passing: Int = 0
    ) {
        self.passing = passing
        self.effect = effect
        self.method = method
        self.user = user
        self.times = times
        self.isTaken = isTaken
    }
}

/// One try to deliver a callback.
package struct SimulatedViberDelivery: Sendable, Equatable {
    package var event: String
    package var token: Int64
    package var user: String
    package var attempt: Int
    /// Nil: no answer in time.
    package var status: Int?
}
