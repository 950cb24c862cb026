// What a channel takes as it is: the checks of strict mode (design.md, "Capabilities").

extension Capabilities {
    package func check(_ content: Content) throws(ChannelRefusal) {
        let kind = content.kind
        guard let support = kinds[kind], support.send.isNative else {
            throw .unsupported(kind.rawValue, "the channel has no \(kind.rawValue) messages to send")
        }
        switch content {
        case .text(let text):
            let length = textUnit.length(of: text.text)
            if length > textMax { throw .tooLong("the text", feature: "text", length, textMax, textUnit) }
        case .media(_, let media):
            try check(media, of: kind, support)
            try check(caption: media.caption, of: kind, support)
        case .location(let location):
            if !locationTitles, !location.caption.isEmpty {
                throw .unsupported("location.title", "the channel shows a place without title and address")
            }
        case .contact, .template, .callback, .system, .unsupported: break
        }
    }

    /// Of the file: its type and size, as far as they are known.
    func check(_ media: MediaContent, of kind: MessageKind, _ support: Kind) throws(ChannelRefusal) {
        if !support.takes(media.mime) {
            throw .unsupported(
                "\(kind.rawValue).mime", "the channel takes no \(media.mime ?? "such") as \(kind.rawValue)",
                details: [.init("mime", media.mime), .init("accepted", .strings(support.mime))])
        }
        if let size = media.size, let limit = support.maxBytes(of: media.mime), size > limit {
            throw .tooLarge("the file", feature: "\(kind.rawValue).size", size, limit)
        }
    }

    private func check(caption: String?, of kind: MessageKind, _ support: Kind) throws(ChannelRefusal) {
        guard let caption else { return }
        guard let limit = support.captionMax else {
            throw .unsupported("\(kind.rawValue).caption", "the channel shows no captions of \(kind.rawValue) messages")
        }
        let length = textUnit.length(of: caption)
        if length > limit {
            throw .tooLong("the caption", feature: "\(kind.rawValue).caption", length, limit, textUnit)
        }
    }

    package func check(_ keyboard: Keyboard) throws(ChannelRefusal) {
        guard let layout = keyboards[keyboard.style] else {
            throw .unsupported(
                "keyboard.\(keyboard.style.rawValue)", "the channel has no \(keyboard.style.rawValue) keyboards")
        }
        let buttons = keyboard.rows.flatMap(\.self)
        let lacking = Set(buttons.map(\.kind)).subtracting(layout.kinds).map(\.rawValue).min()
        if let lacking {
            throw .unsupported(
                "keyboard.\(lacking)", "the channel has no \(lacking) buttons in \(keyboard.style.rawValue) keyboards")
        }
        try bound("keyboard.rows", "the keyboard has too many rows", keyboard.rows.count, layout.rows, "row")
        let widest = keyboard.rows.map(\.count).max() ?? 0
        try bound("keyboard.buttons", "a row has too many buttons", widest, layout.perRow, "button")
        try bound("keyboard.total", "the keyboard has too many buttons", buttons.count, layout.total, "button")
        for button in buttons {
            try bound(
                "keyboard.text", "the text of a button is too long", button.text.count, layout.label, "grapheme",
                .tooLong)
            if let data = button.data {
                try bound(
                    "keyboard.data", "the data of a button is too long", data.utf8.count, layout.dataBytes, "byte",
                    .tooLong)
            }
            if button.kind == .url, !layout.takes(link: button.url ?? "") {
                throw .unsupported(
                    "keyboard.url", "the channel's buttons open no \(Capabilities.scheme(of: button.url ?? "")) links",
                    details: [.init("accepted", .strings(layout.linkSchemes))])
            }
        }
    }

    private func bound(
        _ feature: String, _ message: String, _ actual: Int, _ limit: Int?, _ unit: String,
        _ code: ErrorCode = .unsupported
    ) throws(ChannelRefusal) {
        guard let limit, actual > limit else { return }
        throw ChannelRefusal(
            code, "\(message): \(actual), and the channel takes \(limit)", feature: feature,
            details: ChannelRefusal.bounds(actual, limit, unit))
    }
}
