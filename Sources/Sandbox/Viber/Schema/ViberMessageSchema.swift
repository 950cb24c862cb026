import JSON

/// `send_message` and its kin (providers' digest, section 6).
enum ViberMessageSchema {
    /// A refusal: the status and Viber's words.
    struct Refusal: Error, Equatable {
        var status: Int
        var words: String
    }

    private static let common: [ViberRule] = [
        .object("sender", required: true, [.text("name", 1...28, required: true), .link("avatar")]),
        .text("tracking_data", 0...4000), .integer("min_api_version", 1...99), .object("keyboard"), .text("auth_token"),
    ]

    private static let types: [String: [ViberRule]] = [
        "text": [.text("text", 1...7000, required: true)],
        "picture": [
            .text("text", 0...768, required: true), .link("media", required: true), .link("thumbnail"),
        ],
        "video": [
            .link("media", required: true), .integer("size", 1...27_262_976, required: true),
            .integer("duration", 1...180), .link("thumbnail"),
        ],
        "file": [
            .link("media", required: true), .integer("size", 1...52_428_800, required: true),
            .text("file_name", 1...256, required: true),
        ],
        "contact": [
            .object(
                "contact", required: true,
                [
                    .text("name", 1...28, required: true), .text("phone_number", 1...18, required: true),
                    // Viber's own client library sends it, with null mostly.
                    ViberRule("avatar") {
                        $0.isNull || $0.string != nil ? nil : "\($0.kindPhrase) does not match string"
                    },
                ])
        ],
        "location": [
            .object(
                "location", required: true,
                [.number("lat", -90...90, required: true), .number("lon", -180...180, required: true)])
        ],
        "url": [.link("media", required: true)],
        "sticker": [.integer("sticker_id", 1...Int64.max, required: true)],
        "rich_media": [.object("rich_media", required: true), .text("alt_text", 0...7000)],
    ]

    /// - Parameter addressed: `receiver` or `broadcast_list`; nil for a welcome message, which has neither.
    static func check(_ body: JSONValue, addressed: ViberRule?) throws(Refusal) {
        let address = addressed.map { [$0] } ?? []
        guard let type = body["type"] else {
            guard body["keyboard"] != nil else { throw Refusal(status: 4, words: "missing_data: type") }
            return try check(body, address + common, level: level(body))
        }
        guard let name = type.string, let rules = types[name] else {
            throw Refusal(status: 3, words: "unknown message type")
        }
        let whole = address + [.text("type", required: true)] + common + rules
        try check(body, whole, level: level(body))
        try checkMedia(body, name)
        if let phone = body["contact"]?["phone_number"]?.string {
            let digits = phone.hasPrefix("+") ? phone.dropFirst() : phone[...]
            guard !digits.isEmpty, digits.allSatisfy({ $0.isASCII && $0.isNumber }) else {
                throw Refusal(status: 3, words: "phone_number must be digits")
            }
        }
        if let card = body["rich_media"], let problem = ViberKeyboardSchema.problem(withCard: card, level: level(body))
        {
            throw Refusal(status: 3, words: problem)
        }
    }

    static func level(_ body: JSONValue) -> Int { Int(body["min_api_version"]?.int64 ?? 1) }

    private static func check(_ body: JSONValue, _ rules: [ViberRule], level: Int) throws(Refusal) {
        if let problem = rules.problem(with: body, level: Int.max) {
            throw Refusal(status: problem.contains("missing required") ? 4 : 3, words: problem)
        }
        if let keyboard = body["keyboard"], let problem = ViberKeyboardSchema.problem(with: keyboard, level: level) {
            throw Refusal(status: 3, words: problem)
        }
    }

    private static func checkMedia(_ body: JSONValue, _ type: String) throws(Refusal) {
        let wanted: Set<String>
        switch type {
        case "picture": wanted = ["jpg", "jpeg", "png", "gif"]
        case "video": wanted = ["mp4"]
        case "file":
            let name = body["file_name"]?.string ?? ""
            let ending = fileExtension(name[...])
            guard !ending.isEmpty else { throw Refusal(status: 3, words: "file_name has no extension") }
            guard !forbidden.contains(ending) else { throw Refusal(status: 3, words: "forbidden file extension") }
            guard !fileExtension(ofURL: body["media"]?.string ?? "").isEmpty else {
                throw Refusal(status: 3, words: "media has no extension")
            }
            return
        default: return
        }
        for member in ["media", "thumbnail"] {
            guard let link = body[member]?.string else { continue }
            let allowed = member == "media" ? wanted : ["jpg", "jpeg", "png"]
            guard allowed.contains(fileExtension(ofURL: link)) else {
                throw Refusal(status: 3, words: "\(member) has not one of the extensions \(allowed.sorted())")
            }
        }
    }

    /// Of the last segment of the path.
    static func fileExtension(ofURL link: String) -> String {
        let path = link.split(separator: "://", maxSplits: 1).last?.prefix { $0 != "?" && $0 != "#" } ?? ""
        let segments = path.split(separator: "/", omittingEmptySubsequences: false)
        return segments.count > 1 ? fileExtension(segments[segments.count - 1]) : ""
    }

    static func fileExtension(_ name: Substring) -> String {
        guard let dot = name.lastIndex(of: "."), dot != name.startIndex else { return "" }
        return name[name.index(after: dot)...].lowercased()
    }

    private static let forbidden = Set(
        """
        action apk app bat bin cmd com command cpl csh exe gadget inf inf1 ins inx ipa isu job jse ksh lnk msc msi msp mst \
        osx out paf pif ps1 reg rgs run sct shb shs u3p vb vbe vbs vbscript workflow ws wsf
        """.split(separator: " ").map(String.init))
}
