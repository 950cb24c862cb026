import Domain

/// A row of the matrix of channels: something that a contact centre wants of a messenger, what the product's description
/// (seed, 2.2) promises of it, and whether a channel has it.
struct ChannelFunction: Sendable {
    /// What the description says of a channel.
    enum Promise: Sendable {
        case yes, possible, no
    }

    /// What there is: promised, promised as possible, more than promised, or not there.
    enum Mark: String, Sendable, CaseIterable {
        case yes = "Y"
        case possible = "P"
        case beyond = "–+"
        case no = "–"

        init(_ promise: Promise, isThere: Bool) {
            switch (promise, isThere) {
            case (.yes, true): self = .yes
            case (.possible, true): self = .possible
            case (.no, true): self = .beyond
            case (_, false): self = .no
            }
        }
    }

    var name: String
    var promises: [Channel: Promise]
    var isThere: @Sendable (Capabilities) -> Bool

    func mark(of kind: AccountKind, _ capabilities: Capabilities) -> Mark {
        Mark(promises[kind.channel] ?? .no, isThere: isThere(capabilities))
    }
}

extension ChannelFunction {
    /// - Parameter promises: a letter a channel (`y`, `p`, `-`), in the order telegram, whatsapp, viber, vk, ok.
    private init(_ name: String, _ promises: String, _ isThere: @escaping @Sendable (Capabilities) -> Bool) {
        self.name = name
        self.promises = Dictionary(
            uniqueKeysWithValues: zip([Channel.telegram, .whatsapp, .viber, .vk, .ok], promises).map {
                channel, letter in
                (channel, letter == "y" ? .yes : letter == "p" ? .possible : .no)
            })
        self.isThere = isThere
    }

    private static func receive(_ name: String, _ kind: MessageKind, _ promises: String) -> ChannelFunction {
        ChannelFunction("\(name): receive", promises) { $0.kinds[kind]?.receive == true }
    }

    private static func send(_ name: String, _ kind: MessageKind, _ promises: String) -> ChannelFunction {
        ChannelFunction("\(name): send", promises) { $0.kinds[kind]?.send.isNative == true }
    }

    static let all: [ChannelFunction] = [
        ChannelFunction("chat with text", "yyyyy") {
            $0.kinds[.text]?.send.isNative == true && $0.kinds[.text]?.receive == true
        },
        ChannelFunction("get and see the customer's phone", "yyy--") { $0.phone != .no },
        ChannelFunction("extra keyboards", "y-yy-") { $0.keyboards.reply != nil },
        ChannelFunction("buttons inside the feed", "y----") { $0.keyboards.inline != nil },
        ChannelFunction("edit / delete own messages", "p--p-") { $0.edit && $0.delete },
        // No messenger lets anybody.
        ChannelFunction("edit / delete the other side's messages", "-----") { _ in false },
        ChannelFunction("agent starts the interaction", "yyyyy") { $0.startByExternalID || $0.startByPhone },
        // The messenger's answer to a send is one.
        ChannelFunction("notice: accepted by the network", "ppppp") { $0.kinds[.text]?.send.isNative == true },
        ChannelFunction("notice: delivered to the customer", "--p--") { $0.delivered },
        ChannelFunction("notice: customer has read it", "--p--") { $0.read },
        ChannelFunction("customer's avatar", "pppy-") { $0.customerAvatar },
        ChannelFunction("agent's avatar", "--y--") { $0.agentAvatar },
        // Bots are participants of Eralink's own.
        ChannelFunction("bot constructor", "ppppp") { $0.kinds[.text]?.send.isNative == true },
        ChannelFunction("emoji both ways", "yyyyy") {
            $0.kinds[.text]?.send.isNative == true && $0.kinds[.text]?.receive == true
        },
        receive("images", .image, "yyyyy"), send("images", .image, "yyyyy"),
        receive("video", .video, "yyyyy"), send("video", .video, "ppppp"),
        receive("stickers", .sticker, "yyyy-"), send("stickers", .sticker, "pppp-"),
        receive("documents", .document, "yyyy-"), send("documents", .document, "yyyy-"),
        receive("audio", .audio, "y----"), send("audio", .audio, "y----"),
        receive("voice messages", .voice, "y--y-"), send("voice messages", .voice, "p--p-"),
        receive("contact", .contact, "y-y--"), send("contact", .contact, "y-y--"),
        receive("location", .location, "y-yp-"), send("location", .location, "y-yp-"),
        ChannelFunction("forwarded messages: see", "yp-y-") { $0.seesForwards },
        ChannelFunction("forwarded messages: forward", "pp-p-") { $0.forward != .no },
    ]
}
