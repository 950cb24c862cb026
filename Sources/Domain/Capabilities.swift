/// What an account's channel can do, as data (agent-api.md, `capabilities.get`).
package struct Capabilities: Sendable, Equatable {
    package enum Support: String, Sendable, CaseIterable { case full, partial, fallback, no }

    /// How much of one message kind goes through.
    package struct Kind: Sendable, Equatable {
        package var send: Support
        package var receive: Bool
        /// Accepted MIME types; empty: any, or none to speak of.
        package var mime: [String]
        package var maxBytes: Int64?
        package var captionMax: Int?

        package init(send: Support, receive: Bool, mime: [String] = [], maxBytes: Int64? = nil, captionMax: Int? = nil)
        {
            self.send = send
            self.receive = receive
            self.mime = mime
            self.maxBytes = maxBytes
            self.captionMax = captionMax
        }
    }

    /// The channel's own unit of a text's length.
    package enum TextUnit: String, Sendable, CaseIterable { case utf16, grapheme, byte }

    package struct Keyboards: Sendable, Equatable {
        package var reply: Bool
        package var inline: Bool
        package var rows: Int?
        /// In a row.
        package var buttons: Int?
        package var kinds: [Keyboard.Button.Kind]

        package init(
            reply: Bool = false, inline: Bool = false, rows: Int? = nil, buttons: Int? = nil,
            kinds: [Keyboard.Button.Kind] = []
        ) {
            self.reply = reply
            self.inline = inline
            self.rows = rows
            self.buttons = buttons
            self.kinds = kinds
        }
    }

    package var kinds: [MessageKind: Kind]
    package var textMax: Int
    package var textUnit: TextUnit
    package var keyboards: Keyboards
    package var edit: Bool
    package var delete: Bool
    /// How old a message may be that is edited or deleted, in seconds; nil: any age.
    package var maxAgeSeconds: Int?
    package var typing: Bool
    package var readMark: Bool
    /// Whether the channel reports delivery.
    package var delivered: Bool
    /// Whether the channel reports reading.
    package var read: Bool
    package var startByExternalID: Bool
    package var startByPhone: Bool
    /// Sends per second over the account.
    package var rate: Double?
    /// How long after the customer's last message an account may write; nil: always.
    package var windowHours: Int?

    package init(
        kinds: [MessageKind: Kind], textMax: Int, textUnit: TextUnit, keyboards: Keyboards = .init(),
        edit: Bool = false,
        delete: Bool = false, maxAgeSeconds: Int? = nil, typing: Bool = false, readMark: Bool = false,
        delivered: Bool = false, read: Bool = false, startByExternalID: Bool = false, startByPhone: Bool = false,
        rate: Double? = nil, windowHours: Int? = nil
    ) {
        self.kinds = kinds
        self.textMax = textMax
        self.textUnit = textUnit
        self.keyboards = keyboards
        self.edit = edit
        self.delete = delete
        self.maxAgeSeconds = maxAgeSeconds
        self.typing = typing
        self.readMark = readMark
        self.delivered = delivered
        self.read = read
        self.startByExternalID = startByExternalID
        self.startByPhone = startByPhone
        self.rate = rate
        self.windowHours = windowHours
    }
}

extension Capabilities.TextUnit {
    /// The text's length as the channel counts it.
    package func length(of text: String) -> Int {
        switch self {
        case .utf16: text.utf16.count
        case .grapheme: text.count
        case .byte: text.utf8.count
        }
    }
}
