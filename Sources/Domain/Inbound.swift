/// One thing that happened at the messenger, as a connector hands it over to be stored in the inbox.
package struct Inbound: Sendable, Equatable {
    /// Makes replays harmless within the account (design.md, `seen`); nil for what Eralink reports about its own doing.
    package var key: String?
    /// The customer's external id: the chat.
    package var chat: String
    /// What the messenger told of the customer along with it; nil where it told nothing.
    package var profile: CustomerProfile?
    package var providerAt: Timestamp?
    package var event: Event

    package enum Event: Sendable, Equatable {
        case message(IncomingMessage)
        /// The customer changed a message; found by its external id within the chat.
        case edit(IncomingMessage)
        /// The customer blocked (true) or unblocked (false) the account.
        case blocked(Bool)
        /// A part moved on: an attempt's outcome, or a receipt of the messenger.
        case status(StatusReport)
        /// The customer's reactions to a message: the full set as it is now, empty where all were taken back.
        case reaction(externalID: String, emojis: [String])
        /// Nothing but what `profile` says.
        case profile
        /// A file of this chat was fetched, or never will be: Eralink's own report.
        case file(StoredFile)
    }

    package init(
        key: String?, chat: String, profile: CustomerProfile? = nil, providerAt: Timestamp? = nil, event: Event
    ) {
        self.key = key
        self.chat = chat
        self.profile = profile
        self.providerAt = providerAt
        self.event = event
    }
}

/// What a messenger tells of a person. Nil members are not known, and change nothing.
package struct CustomerProfile: Sendable, Equatable {
    package var name: String?
    package var username: String?
    package var language: String?
    /// E.164 with `+`; only where the messenger vouches that it is the customer's own.
    package var phone: String?
    /// What the customer's picture is fetched by (`IncomingFile.source`); another than before makes a new file.
    package var avatarSource: String?

    package init(
        name: String? = nil, username: String? = nil, language: String? = nil, phone: String? = nil,
        avatarSource: String? = nil
    ) {
        self.name = name
        self.username = username
        self.language = language
        self.phone = phone
        self.avatarSource = avatarSource
    }
}

package struct IncomingMessage: Sendable, Equatable {
    package var externalID: String
    package var content: Content
    /// External id of the answered message of the same chat, with the text that the messenger sent along.
    package var replyTo: Reply?
    package var forwardedFrom: ForwardOrigin?
    package var group: String?
    package var startPayload: String?
    /// The file of a media message, whose content names it `FileID.unassigned`.
    package var file: IncomingFile?
    /// External id of the message whose button was pressed, for a callback.
    package var pressed: String?

    package struct Reply: Sendable, Equatable {
        package var externalID: String
        package var preview: String

        package init(externalID: String, preview: String) {
            self.externalID = externalID
            self.preview = preview
        }
    }

    package init(
        externalID: String, content: Content, replyTo: Reply? = nil, forwardedFrom: ForwardOrigin? = nil,
        group: String? = nil, startPayload: String? = nil, file: IncomingFile? = nil, pressed: String? = nil
    ) {
        self.externalID = externalID
        self.content = content
        self.replyTo = replyTo
        self.forwardedFrom = forwardedFrom
        self.group = group
        self.startPayload = startPayload
        self.file = file
        self.pressed = pressed
    }
}

/// A part's new state, reported by the connector (own attempts) or by the messenger (receipts).
package struct StatusReport: Sendable, Equatable {
    /// How the part is known: Eralink's own id, or the messenger's.
    package enum Subject: Sendable, Equatable {
        case part(MessageID, number: Int)
        case external(String)
    }

    package var subject: Subject
    package var state: DeliveryState
    package var externalID: String?
    package var attempts: Int?
    package var reason: Reason?
    /// The messenger said with it that the customer has blocked the account.
    package var blocked: Bool
    /// The messenger says it once for this part and every earlier one of the chat that it has taken.
    package var coversEarlier = false

    package init(
        subject: Subject, state: DeliveryState, externalID: String? = nil, attempts: Int? = nil, reason: Reason? = nil,
        blocked: Bool = false
    ) {
        self.subject = subject
        self.state = state
        self.externalID = externalID
        self.attempts = attempts
        self.reason = reason
        self.blocked = blocked
    }
}
