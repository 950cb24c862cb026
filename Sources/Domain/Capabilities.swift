/// What an account's channel can do, as data (agent-api.md, `capabilities.get`; mission.md, the matrix). A table beside each
/// connector makes it; admission, adaptation and `eralink channels` read it.
package struct Capabilities: Sendable, Equatable {
    /// `fallback`: the channel lacks it, and something readable goes out instead where the sender allows that.
    package enum Support: String, Sendable, CaseIterable {
        case full, partial, fallback, no

        /// Whether a send in strict mode goes through.
        package var isNative: Bool { self == .full || self == .partial }
    }

    /// The channel's own unit of a text's length.
    package enum TextUnit: String, Sendable, CaseIterable { case utf16, grapheme, byte }

    /// How a customer's phone becomes known.
    package enum PhoneAccess: String, Sendable, CaseIterable {
        case no
        /// The customer is asked, by a button of the channel.
        case button
        /// It is the customer's address.
        case address
    }

    package enum Forwarding: String, Sendable, CaseIterable {
        case no
        /// As a message of the account's own.
        case copy
        /// By the messenger itself, between chats of one account.
        case native
    }

    package var kinds: [MessageKind: Kind]
    package var textMax: Int
    package var textUnit: TextUnit
    package var keyboards: Keyboards
    package var edit: Bool
    package var delete: Bool
    /// How old a message may be that is edited or deleted, in seconds; nil: any age.
    package var maxAgeSeconds: Int?
    /// Whether a message under which stands a reply keyboard can be edited.
    package var editsUnderReplyKeyboard: Bool
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
    package var phone = PhoneAccess.no
    /// Whether a message can answer another one.
    package var reply = false
    /// How many messages of one group go out as an album; 1: there are no albums.
    package var albumMax = 1
    package var forward = Forwarding.no
    /// Whether it shows where a forwarded message came from.
    package var seesForwards = false
    /// Whether the press of a button waits for an answer.
    package var answersCallbacks = false
    package var reactions = false
    /// Whether the customer sees a place's title and address.
    package var locationTitles = true
    package var customerAvatar = false
    /// Whether the customer sees the agent's picture.
    package var agentAvatar = false

    package init(
        kinds: [MessageKind: Kind], textMax: Int, textUnit: TextUnit, keyboards: Keyboards = .init(),
        edit: Bool = false,
        delete: Bool = false, maxAgeSeconds: Int? = nil, editsUnderReplyKeyboard: Bool = true, typing: Bool = false,
        readMark: Bool = false, delivered: Bool = false, read: Bool = false, startByExternalID: Bool = false,
        startByPhone: Bool = false, rate: Double? = nil, windowHours: Int? = nil
    ) {
        self.kinds = kinds
        self.textMax = textMax
        self.textUnit = textUnit
        self.keyboards = keyboards
        self.edit = edit
        self.delete = delete
        self.maxAgeSeconds = maxAgeSeconds
        self.editsUnderReplyKeyboard = editsUnderReplyKeyboard
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

extension Capabilities {
    /// How much of one message kind goes through.
    package struct Kind: Sendable, Equatable {
        package var send: Support
        package var receive: Bool
        /// Accepted MIME types, `image/*` for all of a family; empty: any, or none to speak of.
        package var mime: [String]
        package var maxBytes: Int64?
        /// Stricter limits of single types.
        package var typeLimits: [TypeLimit]
        /// In the channel's own unit; nil: the kind has no caption.
        package var captionMax: Int?

        package init(
            send: Support, receive: Bool, mime: [String] = [], maxBytes: Int64? = nil, typeLimits: [TypeLimit] = [],
            captionMax: Int? = nil
        ) {
            self.send = send
            self.receive = receive
            self.mime = mime
            self.maxBytes = maxBytes
            self.typeLimits = typeLimits
            self.captionMax = captionMax
        }

        /// Whether files of that type are taken; a type that is not known is.
        package func takes(_ type: String?) -> Bool {
            guard let type, !mime.isEmpty else { return true }
            return mime.contains { MIMEPattern.matches($0, type) }
        }

        package func maxBytes(of type: String?) -> Int64? {
            let stricter = type.flatMap { type in typeLimits.first { MIMEPattern.matches($0.type, type) }?.maxBytes }
            return [stricter, maxBytes].compactMap(\.self).min()
        }
    }

    package struct TypeLimit: Sendable, Equatable {
        package var type: String
        package var maxBytes: Int64

        package init(_ type: String, _ maxBytes: Int64) {
            self.type = type
            self.maxBytes = maxBytes
        }
    }

    package struct Keyboards: Sendable, Equatable {
        package var reply: Layout?
        package var inline: Layout?
        /// Whether a reply keyboard can be taken away again.
        package var remove: Bool

        package init(reply: Layout? = nil, inline: Layout? = nil, remove: Bool = false) {
            self.reply = reply
            self.inline = inline
            self.remove = remove
        }

        package subscript(style: Keyboard.Style) -> Layout? {
            switch style {
            case .inline: inline
            case .reply: reply
            case .remove: remove ? reply : nil
            }
        }

        /// The kinds of buttons that there are in either.
        package var kinds: [Keyboard.Button.Kind] {
            let known = Set((reply?.kinds ?? []) + (inline?.kinds ?? []))
            return Keyboard.Button.Kind.allCases.filter(known.contains)
        }

        /// The stricter of both: a keyboard within it fits wherever it goes.
        package var rows: Int? { [reply?.rows, inline?.rows].compactMap(\.self).min() }
        package var buttons: Int? { [reply?.perRow, inline?.perRow].compactMap(\.self).min() }
    }

    /// The bounds of one style of keyboards; nil: none to speak of.
    package struct Layout: Sendable, Equatable {
        package var rows: Int?
        package var perRow: Int?
        package var total: Int?
        /// Characters of a button's text.
        package var label: Int?
        /// Bytes of a button's data.
        package var dataBytes: Int?
        package var kinds: [Keyboard.Button.Kind]
        /// What link buttons open; empty: whatever a client may send.
        package var linkSchemes: [String]

        package init(
            rows: Int? = nil, perRow: Int? = nil, total: Int? = nil, label: Int? = nil, dataBytes: Int? = nil,
            kinds: [Keyboard.Button.Kind], linkSchemes: [String] = []
        ) {
            self.linkSchemes = linkSchemes
            self.rows = rows
            self.perRow = perRow
            self.total = total
            self.label = label
            self.dataBytes = dataBytes
            self.kinds = kinds
        }
    }
}

extension Capabilities.Layout {
    func takes(link: String) -> Bool { linkSchemes.isEmpty || linkSchemes.contains(Capabilities.scheme(of: link)) }
}

extension Capabilities {
    static func scheme(of link: String) -> String { String(link.prefix { $0 != ":" }).lowercased() }
}

extension Capabilities.TextUnit {
    /// The text's length as the channel counts it.
    package func length(of text: some StringProtocol) -> Int {
        switch self {
        case .utf16: text.utf16.count
        case .grapheme: text.count
        case .byte: text.utf8.count
        }
    }
}

/// MIME types as capability tables write them.
package enum MIMEPattern {
    /// Parameters and case do not count.
    package static func matches(_ pattern: String, _ type: String) -> Bool {
        let type = essence(type)
        let pattern = essence(pattern)
        if pattern == "*/*" { return true }
        guard pattern.hasSuffix("/*") else { return pattern == type }
        return type.hasPrefix(pattern.dropLast())
    }

    /// `text/plain` of `Text/Plain; charset=utf-8`.
    package static func essence(_ type: String) -> String {
        var essence = type.lowercased()
        if let end = essence.firstIndex(of: ";") { essence = String(essence[..<end]) }
        while essence.last == " " { essence.removeLast() }
        return essence
    }
}

extension Capabilities {
    /// The setting `text_limit` (cli.md, "Account settings"), never over what the messenger takes.
    package static func textLimit(_ settings: [String: String], default limit: Int, most: Int) -> Int {
        guard let setting = settings["text_limit"], let chosen = Int(setting), chosen > 0 else { return limit }
        return min(chosen, most)
    }

    /// A setting such as `rate`: sends per second, 0 for no limit.
    package static func rate(_ setting: String?, default rate: Double) -> Double {
        guard let setting, let number = Double(setting), number.isFinite, number >= 0 else { return rate }
        return number
    }
}
