/// What a message says: one kind and its object (agent-api.md, "Objects").
package enum Content: Sendable, Equatable {
    case text(TextContent)
    case media(MediaKind, MediaContent)
    case contact(ContactContent)
    case location(LocationContent)
    case template(TemplateContent)
    case callback(CallbackContent)
    case system(SystemContent)
    case unsupported(UnsupportedContent)

    package var kind: MessageKind {
        switch self {
        case .text: .text
        case .media(let kind, _): kind.messageKind
        case .contact: .contact
        case .location: .location
        case .template: .template
        case .callback: .callback
        case .system: .system
        case .unsupported: .unsupported
        }
    }
}

package enum MessageKind: String, Sendable, CaseIterable {
    case text, image, video, audio, voice, document, sticker, animation, contact, location, template, callback, system
    case unsupported
}

package enum MediaKind: String, Sendable, CaseIterable {
    case image, video, audio, voice, document, sticker, animation

    package var messageKind: MessageKind {
        switch self {
        case .image: .image
        case .video: .video
        case .audio: .audio
        case .voice: .voice
        case .document: .document
        case .sticker: .sticker
        case .animation: .animation
        }
    }
}

package struct TextContent: Sendable, Equatable {
    package var text: String
    package var entities: [TextEntity]

    package init(text: String, entities: [TextEntity] = []) {
        self.text = text
        self.entities = entities
    }
}

/// A marked stretch of a text; `offset` and `length` count UTF-16 units.
package struct TextEntity: Sendable, Equatable {
    package enum Kind: String, Sendable, CaseIterable {
        case bold, italic, underline, strike, code, pre, link, mention
    }

    package var kind: Kind
    package var offset: Int
    package var length: Int
    package var url: String?

    package init(kind: Kind, offset: Int, length: Int, url: String? = nil) {
        self.kind = kind
        self.offset = offset
        self.length = length
        self.url = url
    }
}

package struct MediaContent: Sendable, Equatable {
    package var file: FileID
    package var mime: String?
    package var size: Int64?
    package var state: FileState?
    package var name: String?
    package var caption: String?
    package var width: Int?
    package var height: Int?
    /// Seconds.
    package var duration: Int?

    package init(file: FileID) { self.file = file }
}

package struct ContactContent: Sendable, Equatable {
    package var name: String
    package var phone: String
    /// True where the messenger vouches that this is the customer's own number.
    package var own: Bool?

    package init(name: String, phone: String, own: Bool? = nil) {
        self.name = name
        self.phone = phone
        self.own = own
    }
}

package struct LocationContent: Sendable, Equatable {
    package var latitude: Double
    package var longitude: Double
    package var title: String?
    package var address: String?
    package var live: Bool?

    package init(latitude: Double, longitude: Double, title: String? = nil, address: String? = nil, live: Bool? = nil) {
        self.latitude = latitude
        self.longitude = longitude
        self.title = title
        self.address = address
        self.live = live
    }
}

package struct TemplateContent: Sendable, Equatable {
    package var name: String
    package var language: String
    package var params: [String]

    package init(name: String, language: String, params: [String]) {
        self.name = name
        self.language = language
        self.params = params
    }
}

package struct CallbackContent: Sendable, Equatable {
    /// The messenger's id of the press, by which it is answered.
    package var id: String
    package var data: String
    /// The message whose button was pressed, where it is known.
    package var message: MessageID?

    package init(id: String, data: String, message: MessageID? = nil) {
        self.id = id
        self.data = data
        self.message = message
    }
}

package struct SystemContent: Sendable, Equatable {
    package var text: String
    package var event: String

    package init(text: String, event: String) {
        self.text = text
        self.event = event
    }
}

/// Something that the messenger sent and Eralink has no kind for: shown, never dropped.
package struct UnsupportedContent: Sendable, Equatable {
    package var providerType: String
    /// The messenger's JSON as text, cleaned of what cannot be stored, at most 16 KiB.
    package var raw: String

    package init(providerType: String, raw: String) {
        self.providerType = providerType
        self.raw = raw
    }
}
