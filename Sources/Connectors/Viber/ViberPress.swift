import Domain

/// How the press of a `callback` button is told from a text. Viber has no such event: a press comes as a text, the button's
/// `ActionBody`. So the body is `cb:<message>:<seal>:<data>`; the seal is made with the account's token over chat, message and
/// data, so that a customer who types such a text presses nothing.
struct ViberPress: Sendable, Equatable {
    /// The message under which the button stands.
    var message: MessageID
    var data: String

    init(message: MessageID, data: String) {
        self.message = message
        self.data = data
    }

    /// Nil where the text is none of ours.
    init?(_ text: String, in chat: String, by signature: ViberSignature) {
        let parts = text.split(separator: ":", maxSplits: 3, omittingEmptySubsequences: false)
        guard parts.count == 4, parts[0] == "cb", let message = MessageID(text: parts[1]) else { return nil }
        self.init(message: message, data: String(parts[3]))
        guard parts[2] == seal(in: chat, by: signature) else { return nil }
    }

    func actionBody(in chat: String, by signature: ViberSignature) -> String {
        "cb:\(message):\(seal(in: chat, by: signature)):\(data)"
    }

    private func seal(in chat: String, by signature: ViberSignature) -> String {
        signature.seal("press", [chat, message.description, data])
    }
}

/// What goes out as `tracking_data` and comes back with the customer's next messages: whether the last message asked for the phone.
struct ViberTracking: Sendable, Equatable {
    var asksPhone: Bool

    init(asksPhone: Bool) { self.asksPhone = asksPhone }

    init?(_ text: String?, in chat: String, by signature: ViberSignature) {
        let phone = Self(asksPhone: true)
        guard text == phone.text(in: chat, by: signature) else { return nil }
        self = phone
    }

    /// Nil: nothing need come back.
    func text(in chat: String, by signature: ViberSignature) -> String? {
        asksPhone ? "eralink:phone:\(signature.seal("tracking", [chat, "phone"]))" : nil
    }
}

/// Viber's own stickers are known by number alone. In Eralink a sticker is a file, so its name carries the number: one that is called
/// `viber-sticker-40133`, with any extension, goes out as Viber's own.
enum ViberSticker {
    private static let prefix = "viber-sticker-"

    static func name(of number: String) -> String { prefix + number }

    static func number(inName name: String) -> Int64? {
        guard name.hasPrefix(prefix) else { return nil }
        let number = name.dropFirst(prefix.count).prefix { $0 != "." }
        return Int64(number).flatMap { $0 > 0 ? $0 : nil }
    }
}

/// A phone number as Viber writes it: the country code first, with or without a plus.
struct ViberPhone: Sendable, Equatable {
    /// E.164 with `+` where it is such a number; else as it came.
    var text: String
    var isInternational: Bool

    /// Nil where it holds no digit.
    init?(_ given: String) {
        let digits = given.filter { $0.isASCII && $0.isNumber }
        let rest = given.filter { !($0.isASCII && $0.isNumber) }
        guard !digits.isEmpty, given.utf8.count <= 64 else { return nil }
        isInternational =
            (7...15).contains(digits.count) && digits.first != "0" && rest.allSatisfy { " +-().".contains($0) }
        text = isInternational ? "+\(digits)" : given
    }
}
