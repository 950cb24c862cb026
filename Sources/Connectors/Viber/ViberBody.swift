import ConnectorKit
import Domain
import JSON

/// What a message of Viber says: its type and that type's members (providers' digest, section 6).
enum ViberBody: Sendable, Equatable {
    case text(String)
    case url(String)
    case picture(link: String, caption: String, thumbnail: String?)
    case video(link: String, size: Int64, duration: Int?)
    case file(link: String, size: Int64, name: String)
    case contact(name: String, phone: String)
    case location(latitude: Double, longitude: Double)
    case sticker(Int64)
    case card(json: [UInt8], text: String)

    func write(to writer: inout JSONWriter) {
        switch self {
        case .text(let text):
            writer.member("type", "text")
            writer.member("text", text)
        case .url(let link):
            writer.member("type", "url")
            writer.member("media", link)
        case .picture(let link, let caption, let thumbnail):
            writer.member("type", "picture")
            writer.member("text", caption)
            writer.member("media", link)
            writer.optional("thumbnail", thumbnail)
        case .video(let link, let size, let duration):
            writer.member("type", "video")
            writer.member("media", link)
            writer.member("size", size)
            writer.optional("duration", duration)
        case .file(let link, let size, let name):
            writer.member("type", "file")
            writer.member("media", link)
            writer.member("size", size)
            writer.member("file_name", name)
        case .contact(let name, let phone):
            writer.member("type", "contact")
            writer.object("contact") {
                $0.member("name", name)
                $0.member("phone_number", phone)
            }
        case .location(let latitude, let longitude):
            writer.member("type", "location")
            writer.object("location") {
                $0.member("lat", latitude)
                $0.member("lon", longitude)
            }
        case .sticker(let number):
            writer.member("type", "sticker")
            writer.member("sticker_id", number)
        case .card(let json, let text):
            writer.member("type", "rich_media")
            writer.member("alt_text", text)
            writer.rawMember("rich_media", json)
        }
    }

    // MARK: what needs no file

    static func text(_ content: TextContent) throws(ViberUnsendable) -> ViberBody {
        let text = content.text
        if let only = content.entities.first, content.entities.count == 1, only.kind == .link, only.offset == 0,
            only.length == text.utf16.count, only.url ?? text == text, ViberMedia.isWebLink(text),
            text.utf16.count <= ViberLimits.link
        {
            return .url(text)
        }
        let shown = withLinks(content)
        guard !text.isEmpty, text.utf16.count <= ViberLimits.text else {
            throw ViberUnsendable("too_long", "a text of Viber is 1 to \(ViberLimits.text) characters long")
        }
        return .text(shown.utf16.count <= ViberLimits.text ? shown : text)
    }

    /// Viber's texts have no markup: an address behind words is written after them, or it would be lost.
    private static func withLinks(_ content: TextContent) -> String {
        let units = Array(content.text.utf16)
        var shown: [UInt16] = []
        var next = 0
        for entity in content.entities.sorted(by: { $0.offset < $1.offset }) {
            let end = entity.offset + entity.length
            guard entity.kind == .link, let url = entity.url, entity.offset >= next, end <= units.count,
                String(decoding: units[entity.offset..<end], as: UTF16.self) != url
            else { continue }
            shown += units[next..<end] + Array(" (\(url))".utf16)
            next = end
        }
        return String(decoding: shown + units[next...], as: UTF16.self)
    }

    static func contact(_ contact: ContactContent) throws(ViberUnsendable) -> ViberBody {
        let digits = contact.phone.filter { $0.isASCII && $0.isNumber }
        let phone = (contact.phone.hasPrefix("+") ? "+" : "") + digits
        guard !digits.isEmpty, phone.utf8.count <= ViberLimits.contactPhone else {
            throw ViberUnsendable(
                "unsupported",
                "a contact of Viber needs a phone number of at most \(ViberLimits.contactPhone) characters")
        }
        let name = contact.name.isEmpty ? phone : contact.name.prefix(units: ViberLimits.contactName)
        return .contact(name: name, phone: phone)
    }

    static func location(_ place: LocationContent) throws(ViberUnsendable) -> ViberBody {
        guard abs(place.latitude) <= 90, abs(place.longitude) <= 180 else {
            throw ViberUnsendable("unsupported", "that is no place on Earth: latitude is -90…90, longitude -180…180")
        }
        return .location(latitude: place.latitude, longitude: place.longitude)
    }

    // MARK: what is sent by link

    /// - Parameter link: where Viber fetches the file's bytes.
    static func media(
        _ kind: MediaKind, _ media: MediaContent, _ file: OutgoingFile, link: String
    ) throws(ViberUnsendable) -> ViberBody {
        let caption = media.caption ?? ""
        if [.image, .sticker].contains(kind), isPicture(file) {
            guard caption.utf16.count <= ViberLimits.caption else {
                throw ViberUnsendable(
                    "too_long", "the caption of a picture of Viber is at most \(ViberLimits.caption) characters long")
            }
            return .picture(link: link, caption: caption, thumbnail: isThumbnail(file) ? link : nil)
        }
        guard caption.isEmpty else {
            throw ViberUnsendable(
                "unsupported", "Viber shows a text with pictures only; send the text as a message of its own")
        }
        if [.video, .animation].contains(kind), file.viberExtension == "mp4", file.size <= ViberLimits.videoBytes {
            let duration = media.duration.flatMap { ViberLimits.videoSeconds.contains($0) ? $0 : nil }
            return .video(link: link, size: file.size, duration: duration)
        }
        return try asFile(file, link: link)
    }

    private static func asFile(_ file: OutgoingFile, link: String) throws(ViberUnsendable) -> ViberBody {
        guard (1...ViberLimits.fileBytes).contains(file.size) else {
            throw ViberUnsendable("too_large", "a file of Viber is at most \(ViberLimits.fileBytes >> 20) MB large")
        }
        if let last = file.fileExtension, forbidden.contains(last) {
            throw ViberUnsendable("unsupported", "Viber takes no .\(last) files; send it in an archive")
        }
        guard file.name.utf16.count <= ViberLimits.fileName else {
            throw ViberUnsendable("too_long", "a file's name is at most \(ViberLimits.fileName) characters long")
        }
        return .file(link: link, size: file.size, name: file.name)
    }

    /// A GIF that moves is no picture to Viber: an `animation` goes as a video or a file.
    private static func isPicture(_ file: OutgoingFile) -> Bool {
        file.size <= ViberLimits.pictureBytes && ["jpg", "jpeg", "png", "gif"].contains(file.viberExtension)
    }

    private static func isThumbnail(_ file: OutgoingFile) -> Bool {
        guard let width = file.width, let height = file.height, file.viberExtension != "gif" else { return false }
        return file.size <= ViberLimits.thumbnailBytes && max(width, height) <= ViberLimits.thumbnailSide
    }

    static let forbidden: Set<String> = [
        "action", "apk", "app", "bat", "bin", "cmd", "com", "command", "cpl", "csh", "exe", "gadget", "inf", "inf1",
        "ins", "inx", "ipa", "isu", "job", "jse", "ksh", "lnk", "msc", "msi", "msp", "mst", "osx", "out", "paf", "pif",
        "ps1", "reg", "rgs", "run", "sct", "shb", "shs", "u3p", "vb", "vbe", "vbs", "vbscript", "workflow", "ws", "wsf",
    ]
}

extension OutgoingFile {
    /// By which Viber tells pictures and videos that it is to fetch, in small letters; nil where it does not matter. The bytes
    /// decide it: names such as `photo.jfif` or `clip.MP4` are people's.
    var viberExtension: String? {
        switch mime.lowercased() {
        case "image/jpeg": fileExtension == "jpeg" ? "jpeg" : "jpg"
        case "image/png": "png"
        case "image/gif": "gif"
        case "video/mp4": "mp4"
        default: nil
        }
    }

    /// Under the name that it has in the link for Viber.
    var fetched: OutgoingFile {
        guard let viberExtension else { return self }
        var file = self
        let dot = name.lastIndex(of: ".").flatMap { $0 > name.startIndex ? $0 : nil } ?? name.endIndex
        file.name = "\(name[..<dot]).\(viberExtension)"
        return file
    }

    /// In lower case, without the dot.
    var fileExtension: String? {
        guard let dot = name.lastIndex(of: "."), dot > name.startIndex else { return nil }
        return name[name.index(after: dot)...].lowercased()
    }
}
