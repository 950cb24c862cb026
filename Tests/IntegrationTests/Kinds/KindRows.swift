import JSON
import TestSupport

/// Something that a customer sends, and what the agent must see of it.
struct CameRow<Given: Sendable>: Sendable {
    var label: String
    var given: Given
    /// Members that the agent's message must have, as JSON.
    var shown: String
    /// What its file must hold; nil: it has none, or none that comes.
    var bytes: [UInt8]?

    init(_ label: String, _ given: Given, _ shown: String, bytes: [UInt8]? = nil) {
        self.label = label
        self.given = given
        self.shown = shown
        self.bytes = bytes
    }
}

/// Something that an agent sends, and what the messenger must have got for it.
struct WentRow: Sendable {
    var label: String
    var kind: String
    /// The object of that name, as JSON; `<name>` stands for the id of the uploaded file of that name.
    var object: String
    /// More members of the request, as JSON.
    var more: String
    /// Members of each message that the messenger got, as JSON.
    var got: [String]
    /// The file that must have arrived.
    var file: String?

    init(_ label: String, _ kind: String, _ object: String, more: String = "{}", file: String? = nil, _ got: String...)
    {
        self.label = label
        self.kind = kind
        self.object = object
        self.more = more
        self.got = got
        self.file = file
    }
}

/// Files of all sorts, each by its first bytes what its name says.
enum SampleFiles {
    static let all: [String: [UInt8]] = [
        "p.png": samplePNG(200, 100), "q.png": samplePNG(64, 64), "v.mp4": box("ftypisom") + filler(3000),
        "a.mp3": Array("ID3".utf8) + filler(2000), "v.ogg": Array("OggS".utf8) + filler(1000),
        "s.webp": Array("RIFF".utf8) + [4, 2, 0, 0] + Array("WEBPVP8 ".utf8) + filler(500),
        "d.pdf": Array("%PDF-1.7\n".utf8) + filler(400_000), "viber-sticker-40133.png": samplePNG(32, 32),
        "a.gif": Array("GIF89a".utf8) + filler(300), "page.png": Array("<!doctype html><script>alert(1)</script>".utf8),
    ]

    static subscript(_ name: String) -> [UInt8] { all[name] ?? [] }

    private static func box(_ type: String) -> [UInt8] { [0, 0, 0, 0x18] + Array(type.utf8) }

    private static func filler(_ count: Int) -> [UInt8] { (0..<count).map { UInt8(truncatingIfNeeded: $0 * 7) } }
}

extension JSONValue {
    /// What of `part` it has not, by path.
    func lacks(_ part: JSONValue, at path: String = "") -> [String] {
        switch (self, part) {
        case (.object, .object(let members)):
            return members.flatMap { member in
                (self[member.name] ?? .null).lacks(member.value, at: "\(path).\(member.name)")
            }
        case (.array(let own), .array(let elements)) where own.count == elements.count:
            return zip(own, elements).enumerated().flatMap { index, pair in
                pair.0.lacks(pair.1, at: "\(path)[\(index)]")
            }
        default:
            let isSame = self == part || (double != nil && double == part.double)
            return isSame ? [] : ["\(path) is \(short(self)) and not \(short(part))"]
        }
    }

    private func short(_ value: JSONValue) -> String {
        String(decoding: JSONWriter.bytes(of: value).prefix(300), as: UTF8.self)
    }
}
