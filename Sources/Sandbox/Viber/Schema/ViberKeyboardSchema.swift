import JSON

/// Keyboards and rich media by `min_api_version` (providers' digest, sections 7 and 8).
enum ViberKeyboardSchema {
    /// What is wrong with a keyboard; nil where nothing is.
    static func problem(with keyboard: JSONValue, level: Int) -> String? {
        let text =
            self.keyboard.problem(with: keyboard, level: level)
            ?? buttons(keyboard["Buttons"], level: level, maxRows: 2)
        if let text { return "keyboard is not valid. [\(text)]" }
        return nil
    }

    static func problem(withCard card: JSONValue, level: Int) -> String? {
        guard level >= 2 else { return "rich_media needs min_api_version 2" }
        let text =
            richMedia.problem(with: card, level: level)
            ?? buttons(
                card["Buttons"], level: level, maxRows: Int(card["ButtonsGroupRows"]?.int64 ?? 7),
                columns: Int(card["ButtonsGroupColumns"]?.int64 ?? 6), cards: true)
        if let text { return "rich_media is not valid. [\(text)]" }
        return nil
    }

    private static let frame: [ViberRule] = [
        .choice("Type", ["keyboard"], required: true), buttonList, .color("BgColor"), .flag("DefaultHeight"),
        .integer("CustomDefaultHeight", 40...70, level: 3), .integer("HeightScale", 20...100, level: 3),
        .integer("ButtonsGroupColumns", 1...6, level: 4), .integer("ButtonsGroupRows", 1...7, level: 4),
        .choice("InputFieldState", ["regular", "minimized", "hidden"], level: 4),
        .object("FavoritesMetadata", level: 6),
    ]

    private static let keyboard = frame

    private static let richMedia: [ViberRule] = [
        .choice("Type", ["rich_media"], required: true), buttonList, .color("BgColor"),
        .integer("ButtonsGroupColumns", 1...6), .integer("ButtonsGroupRows", 1...7),
        .integer("HeightScale", 20...100, level: 3), .object("FavoritesMetadata", level: 6),
    ]

    private static let buttonList = ViberRule("Buttons", required: true) { value in
        guard let buttons = value.array else { return "\(value.kindPhrase) does not match array" }
        return buttons.isEmpty ? "array is too short: must have at least 1 elements" : nil
    }

    private static func button(level: Int, maxRows: Int, columns: Int) -> [ViberRule] {
        let actions = ["reply", "open-url"] + (level >= 3 ? ["location-picker", "share-phone", "none"] : [])
        return [
            .text("ActionBody", 1...Int.max, required: true), .choice("ActionType", actions), ViberRule("Text", text),
            .integer("Columns", 1...Int64(columns)), .integer("Rows", 1...Int64(maxRows)),
            .choice("TextSize", ["small", "regular", "large"]), .choice("TextVAlign", ["top", "middle", "bottom"]),
            .choice("TextHAlign", ["left", "center", "right"]), .integer("TextOpacity", 0...100), .color("BgColor"),
            .link("Image"), .link("BgMedia"), .choice("BgMediaType", ["picture", "gif"]), .flag("BgLoop"),
            .flag("Silent"), .choice("OpenURLType", ["internal", "external"]),
            .choice("OpenURLMediaType", ["not-media", "video", "gif", "picture"]), .object("InternalBrowser", level: 3),
            ViberRule("TextPaddings", level: 4) { value in
                let numbers = value.array?.compactMap(\.int64) ?? []
                return numbers.count == 4 && numbers.allSatisfy { (0...12).contains($0) } ? nil : "four numbers 0..12"
            },
            .flag("TextShouldFit", level: 6), .choice("BgMediaScaleType", ["crop", "fill", "fit"], level: 6),
            .choice("ImageScaleType", ["crop", "fill", "fit"], level: 6), .object("Map", level: 6),
            .object("Frame", level: 6), .object("MediaPlayer", level: 6),
        ]
    }

    private static func buttons(
        _ value: JSONValue?, level: Int, maxRows: Int, columns: Int = 6, cards: Bool = false
    ) -> String? {
        let rules = button(level: level, maxRows: maxRows, columns: columns)
        for button in value?.array ?? [] {
            if let problem = rules.problem(with: button, level: level) { return problem }
            guard ["Text", "BgMedia", "Image", "BgColor"].contains(where: { button[$0] != nil }) else {
                return "a button needs one of Text, BgMedia, Image, BgColor"
            }
            if button["ActionType"]?.string == "open-url", let body = button["ActionBody"]?.string,
                let problem = ViberRule.link("ActionBody").problem(.string(body))
            {
                return problem
            }
        }
        let rows = rows(of: value?.array ?? [], columns: columns)
        if cards, rows > maxRows * 6 { return "more than six cards" }
        return nil
    }

    /// At most 250 characters; `<` begins one of the allowed tags, `&` a named character.
    @Sendable private static func text(_ value: JSONValue) -> String? {
        guard let text = value.string else { return "\(value.kindPhrase) does not match string" }
        guard text.unicodeScalars.count <= 250 else {
            return "string is too long (length: \(text.unicodeScalars.count))"
        }
        var rest = text[...]
        while let at = rest.firstIndex(where: { "<>&".contains($0) }) {
            let tail = rest[at...]
            guard let end = marks.lazy.compactMap({ tail.prefixMatch(of: $0)?.range.upperBound }).first else {
                return "markup that is not allowed at \"\(tail.prefix(12))\""
            }
            rest = rest[end...]
        }
        return nil
    }

    private static var marks: [Regex<Substring>] {
        [
            /<\/?(?:b|i|u|s)>/, /<br\s?\/?>/, /<font(?: (?:color|size)=(?:"[^"<>]*"|'[^'<>]*'))+>/, /<\/font>/,
            /&(?:amp|lt|gt|quot|#39);/,
        ]
    }

    /// The rows that the buttons fill: one that does not fit goes to the next.
    static func rows(of buttons: [JSONValue], columns: Int = 6) -> Int {
        var rows = 0
        var free = 0
        var height = 0
        for button in buttons {
            let width = Int(button["Columns"]?.int64 ?? Int64(columns))
            if width > free {
                rows += height
                free = columns
                height = 0
            }
            free -= width
            height = max(height, Int(button["Rows"]?.int64 ?? 1))
        }
        return rows + height
    }
}
