/// Makes of a message the parts that its channel takes (design.md, "Capabilities"). Pure.
///
/// Strict: the message as it is, or the reason why not. Fallback: what the channel lacks is said by what it has; only what
/// has no readable form is refused, for the reason that strict mode gives.
package struct Adapter: Sendable {
    let channel: Capabilities
    let mode: Adapt

    package init(_ channel: Capabilities, _ mode: Adapt) {
        self.channel = channel
        self.mode = mode
    }

    /// - Parameter answered: the beginning of the message that it answers; nil: it answers none.
    /// - Returns: at least one part; the first one carries the reply, the last one the keyboard.
    package func parts(
        of content: Content, _ keyboard: Keyboard?, answered: String? = nil
    ) throws(ChannelRefusal) -> [PartDraft] {
        switch mode {
        case .strict:
            try channel.check(content)
            if let keyboard { try channel.check(keyboard) }
            if answered != nil, !channel.reply {
                throw .unsupported("reply_to", "the channel's messages cannot answer others")
            }
            return [PartDraft(content: content, keyboard: keyboard)]
        case .fallback:
            var contents = try forms(of: content)
            if let answered, !channel.reply { Self.quote(answered, in: &contents) }
            var kept = keyboard
            if let keyboard, !takes(keyboard) {
                kept = nil
                append(NumberedMenu.text(of: keyboard), to: &contents)
            }
            var parts = contents.flatMap(cut).map { PartDraft(content: $0) }
            guard let last = parts.indices.last else {
                throw .unsupported(content.kind.rawValue, "nothing of the message can be sent")
            }
            parts[last].keyboard = kept
            return parts
        }
    }

    private func takes(_ keyboard: Keyboard) -> Bool { (try? channel.check(keyboard)) != nil }

    private func takes(_ content: Content) -> Bool { (try? channel.check(content)) != nil }

    /// The content by what the channel has; texts may still be too long.
    private func forms(of content: Content) throws(ChannelRefusal) -> [Content] {
        switch content {
        case .text:
            guard hasText else { return [try asItIs(content)] }
            return [content]
        case .media(let kind, let media): return try forms(of: media, kind)
        case .location(let location):
            if takes(content) || !hasText { return [try asItIs(content)] }
            guard takes(.location(location.bare)) else { return [.text(location.readable)] }
            return [.location(location.bare), .text(TextContent(text: location.caption))]
        case .contact(let contact):
            return takes(content) || !hasText ? [try asItIs(content)] : [.text(contact.readable)]
        case .template, .callback, .system, .unsupported: return [try asItIs(content)]
        }
    }

    private var hasText: Bool { channel.kinds[.text]?.send.isNative == true }

    private func asItIs(_ content: Content) throws(ChannelRefusal) -> Content {
        try channel.check(content)
        return content
    }

    /// As its own kind or as the nearest that takes the file; a caption that does not fit follows as a text.
    private func forms(of media: MediaContent, _ kind: MediaKind) throws(ChannelRefusal) -> [Content] {
        var bare = media
        bare.caption = nil
        guard let nearest = ([kind] + kind.nearest).first(where: { takes(.media($0, bare)) }) else {
            // The reason that the kind itself gives says most.
            throw refusal(of: .media(kind, bare))
        }
        guard let caption = media.caption else { return [.media(nearest, bare)] }
        if takes(.media(nearest, media)) { return [.media(nearest, media)] }
        return [.media(nearest, bare), .text(TextContent(text: caption))]
    }

    private func refusal(of content: Content) -> ChannelRefusal {
        do throws(ChannelRefusal) { try channel.check(content) } catch { return error }
        return .unsupported(content.kind.rawValue, "the channel cannot take it")
    }

    private static func quote(_ answered: String, in contents: inout [Content]) {
        let beginning = "> " + answered.split(whereSeparator: \.isNewline).joined(separator: " ") + "\n\n"
        if case .text(let text)? = contents.first {
            contents[0] = .text(text.prefixed(beginning))
        } else if answered.contains(where: { !$0.isWhitespace }) {
            contents.insert(.text(TextContent(text: String(beginning.dropLast(2)))), at: 0)
        }
    }

    /// Under the last text, or after what is no text.
    private func append(_ menu: String?, to contents: inout [Content]) {
        guard let menu, hasText else { return }
        if case .text(var text)? = contents.last {
            text.text += "\n\n" + menu
            contents[contents.count - 1] = .text(text)
            return
        }
        if case .media(let kind, var media)? = contents.last, let caption = media.caption {
            media.caption = caption + "\n\n" + menu
            if takes(.media(kind, media)) {
                contents[contents.count - 1] = .media(kind, media)
                return
            }
        }
        contents.append(.text(TextContent(text: menu)))
    }

    private func cut(_ content: Content) -> [Content] {
        guard case .text(let text) = content else { return [content] }
        return text.pieces(TextCutter(limit: channel.textMax, unit: channel.textUnit)).map(Content.text)
    }
}

extension MediaKind {
    /// What a customer sees instead, the nearest first.
    var nearest: [MediaKind] {
        switch self {
        case .sticker: [.image, .document]
        case .voice: [.audio, .document]
        // As a picture it may stand still.
        case .animation: [.video, .document, .image]
        case .image, .video, .audio: [.document]
        case .document: []
        }
    }
}

extension LocationContent {
    /// Title and address, where there are any, over a link to a map.
    var readable: TextContent {
        let link = "https://maps.google.com/?q=\(latitude),\(longitude)"
        return TextContent(text: [caption, link].filter { !$0.isEmpty }.joined(separator: "\n"))
    }

    /// The place alone.
    var bare: LocationContent { LocationContent(latitude: latitude, longitude: longitude, live: live) }

    /// What is said of the place; empty where nothing is.
    var caption: String { [title, address].compactMap(\.self).filter { !$0.isEmpty }.joined(separator: "\n") }
}

extension ContactContent {
    var readable: TextContent { TextContent(text: "\(name)\n\(phone)") }
}

/// A keyboard as a text: the customer answers with a number or the words.
enum NumberedMenu {
    /// Nil for a keyboard that only takes another one away.
    static func text(of keyboard: Keyboard) -> String? {
        let lines = keyboard.rows.flatMap(\.self).enumerated().map { index, button in
            "\(index + 1). \(button.text)" + (button.url.map { ": \($0)" } ?? "")
        }
        return lines.isEmpty ? nil : lines.joined(separator: "\n")
    }
}
