/// How files of one type begin.
struct FileSignature: Sendable {
    let mime: String
    let fileExtension: String
    /// Bytes at a place; nil stands for any byte.
    let at: Int
    let bytes: [UInt8?]
    /// Types that begin alike and are told apart by what whoever sent the file says: extension → type.
    let kin: [String: String]

    private init(
        _ mime: String, _ fileExtension: String, _ bytes: [UInt8?], at: Int = 0, kin: [String: String] = [:]
    ) {
        self.mime = mime
        self.fileExtension = fileExtension
        self.bytes = bytes
        self.at = at
        self.kin = kin
    }

    private init(_ mime: String, _ fileExtension: String, _ text: String, at: Int = 0, kin: [String: String] = [:]) {
        self.init(mime, fileExtension, text.utf8.map { $0 == UInt8(ascii: "?") ? nil : $0 }, at: at, kin: kin)
    }

    func fits(_ head: [UInt8]) -> Bool {
        guard head.count >= at + bytes.count else { return false }
        return zip(head[at...], bytes).allSatisfy { byte, wanted in wanted.map { $0 == byte } ?? true }
    }

    func refined(_ head: [UInt8], _ declared: String?, _ name: String?) -> FileType {
        let suffix = name?.split(separator: ".").last.map { $0.lowercased() }
        if let suffix, let mime = kin[suffix] { return FileType(mime: mime, fileExtension: suffix) }
        if let declared, let (suffix, mime) = kin.first(where: { $0.value == declared }) {
            return FileType(mime: mime, fileExtension: suffix)
        }
        return FileType(mime: mime, fileExtension: fileExtension)
    }

    private static let office = [
        "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
        "odt": "application/vnd.oasis.opendocument.text", "ods": "application/vnd.oasis.opendocument.spreadsheet",
        "jar": "application/java-archive", "apk": "application/vnd.android.package-archive",
        "epub": "application/epub+zip",
    ]

    /// The first that fits counts.
    static let all: [FileSignature] = [
        FileSignature("image/jpeg", "jpg", [0xFF, 0xD8, 0xFF]),
        FileSignature("image/png", "png", [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]),
        FileSignature("image/gif", "gif", "GIF8"),
        FileSignature("image/webp", "webp", "RIFF????WEBP"),
        FileSignature("audio/wav", "wav", "RIFF????WAVE"),
        FileSignature("video/x-msvideo", "avi", "RIFF????AVI "),
        FileSignature("image/bmp", "bmp", [0x42, 0x4D, nil, nil, nil, nil, 0, 0, 0, 0]),
        FileSignature("image/tiff", "tif", [0x49, 0x49, 0x2A, 0]),
        FileSignature("image/tiff", "tif", [0x4D, 0x4D, 0, 0x2A]),
        FileSignature("image/heic", "heic", "ftypheic", at: 4),
        FileSignature("image/avif", "avif", "ftypavif", at: 4),
        FileSignature("audio/mp4", "m4a", "ftypM4A ", at: 4),
        FileSignature("video/quicktime", "mov", "ftypqt  ", at: 4),
        FileSignature("video/3gpp", "3gp", "ftyp3gp", at: 4),
        FileSignature("video/mp4", "mp4", "ftyp", at: 4, kin: ["m4a": "audio/mp4"]),
        FileSignature(
            "video/webm", "webm", [0x1A, 0x45, 0xDF, 0xA3], kin: ["mkv": "video/x-matroska", "weba": "audio/webm"]),
        FileSignature("audio/ogg", "ogg", "OggS", kin: ["ogv": "video/ogg", "oga": "audio/ogg"]),
        FileSignature("audio/mpeg", "mp3", "ID3"),
        FileSignature("audio/mpeg", "mp3", [0xFF, 0xFB]),
        FileSignature("audio/mpeg", "mp3", [0xFF, 0xF3]),
        FileSignature("audio/aac", "aac", [0xFF, 0xF1]),
        FileSignature("audio/flac", "flac", "fLaC"),
        FileSignature("audio/amr", "amr", "#!AMR"),
        FileSignature("application/pdf", "pdf", "%PDF-"),
        FileSignature("application/zip", "zip", [0x50, 0x4B, 0x03, 0x04], kin: office),
        FileSignature("application/zip", "zip", [0x50, 0x4B, 0x05, 0x06], kin: office),
        FileSignature("application/x-tgsticker", "tgs", [0x1F, 0x8B], kin: ["gz": "application/gzip"]),
        FileSignature("application/x-7z-compressed", "7z", [0x37, 0x7A, 0xBC, 0xAF, 0x27, 0x1C]),
        FileSignature("application/vnd.rar", "rar", "Rar!"),
        FileSignature(
            "application/msword", "doc", [0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1],
            kin: ["xls": "application/vnd.ms-excel", "ppt": "application/vnd.ms-powerpoint"]),
        FileSignature("application/x-msdownload", "exe", [0x4D, 0x5A]),
        FileSignature("application/x-elf", "elf", [0x7F, 0x45, 0x4C, 0x46]),
    ]
}
