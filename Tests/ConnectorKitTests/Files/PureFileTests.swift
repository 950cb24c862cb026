import Testing

@testable import ConnectorKit

@Suite("Ranges, types and names of files")
struct PureFileTests {
    @Test(
        "a Range header asks for a part, for all, or for nothing that is there",
        arguments: [
            (nil, ByteRange.whole), ("bytes=0-9", .part(0..<10)), ("bytes=90-", .part(90..<100)),
            ("bytes=-10", .part(90..<100)), ("bytes=-1000", .part(0..<100)), ("bytes=50-1000", .part(50..<100)),
            ("Bytes = 0-0", .part(0..<1)), ("bytes=100-", .unsatisfiable), ("bytes=-0", .unsatisfiable),
            ("bytes=99999999999999999999-", .unsatisfiable), ("bytes=0-5,10-15", .whole), ("bytes=5-2", .whole),
            ("bytes=a-b", .whole), ("bytes=", .whole), ("bytes=-", .whole), ("items=0-5", .whole), ("", .whole),
            ("bytes=+1-5", .whole), ("bytes=1-5-9", .whole),
        ] as [(String?, ByteRange)])
    func ranges(_ header: String?, _ expected: ByteRange) { #expect(ByteRange(header, of: 100) == expected) }

    @Test("of an empty file no byte can be had")
    func empty() { #expect(ByteRange("bytes=0-", of: 0) == .unsatisfiable) }

    @Test(
        "the first bytes say what a file is, whatever its name says",
        arguments: [
            ([0xFF, 0xD8, 0xFF, 0xE0], "a.exe", "image/jpeg"),
            ([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A], nil, "image/png"),
            (Array("GIF89a".utf8), "x.png", "image/gif"), (Array("RIFF1234WEBPVP8 ".utf8), nil, "image/webp"),
            (Array("%PDF-1.7".utf8), "p.jpg", "application/pdf"),
            ([0, 0, 0, 24] + Array("ftypisom".utf8), nil, "video/mp4"),
            ([0, 0, 0, 24] + Array("ftypM4A ".utf8), nil, "audio/mp4"), (Array("OggS".utf8), "v.ogg", "audio/ogg"),
            ([0x50, 0x4B, 3, 4], "d.docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
            ([0x50, 0x4B, 3, 4], "d.zip", "application/zip"), (Array("<!DOCTYPE html><p>".utf8), "p.jpg", "text/html"),
            (Array("  <script>alert(1)</script>".utf8), "p.png", "text/html"),
            (Array("<svg xmlns=''>".utf8), "p.png", "image/svg+xml"),
            (Array("<?xml version='1.0'?><svg/>".utf8), "p.jpg", "image/svg+xml"),
            (Array("просто текст".utf8), "t.txt", "text/plain"), (Array("a;b\n1;2".utf8), "t.csv", "text/csv"),
            ([0, 1, 2, 3], "t.txt", "application/octet-stream"), ([], "t.txt", "application/octet-stream"),
            ([0x4D, 0x5A, 0x90, 0], "photo.jpg", "application/x-msdownload"),
        ] as [([UInt8], String?, String)])
    func types(_ head: [UInt8], _ name: String?, _ mime: String) {
        #expect(FileType.sniffed(head, name: name).mime == mime)
    }

    @Test("a character that is cut at the end of the head is no reason to call a text binary")
    func cutText() {
        let text = Array(String(repeating: "ы", count: 100).utf8)
        #expect(FileType.sniffed(Array(text.dropLast())).mime == "text/plain")
    }

    @Test(
        "names keep nothing that leads out of a folder, hides, or turns the writing",
        arguments: [
            ("p.jpg", "p.jpg"), ("../../etc/passwd", "passwd.jpg"), ("C:\\a\\b.txt", "b.txt"), ("", "file.jpg"),
            ("..", "file.jpg"), ("a\u{0}b\u{202e}gpj.exe", "abgpj.exe"), (" .hidden ", "hidden.jpg"),
            ("фото от мамы.png", "фото от мамы.png"), ("a\"b<c>.txt", "abc.txt"), ("a\r\nb.txt", "ab.txt"),
        ])
    func names(_ given: String, _ kept: String) {
        #expect(FileName.sanitised(given, for: FileType(mime: "image/jpeg", fileExtension: "jpg")) == kept)
    }

    @Test(
        "a name that is announced keeps no path and nothing invisible, and gets no extension",
        arguments: [
            ("../../etc/passwd", "passwd"), ("C:\\a\\b.txt", "b.txt"), ("viber-sticker-1", "viber-sticker-1"),
            ("a\u{202E}gpj.exe", "agpj.exe"), ("../..", nil), (" . ", nil),
            (String(repeating: "ж", count: 150), String(repeating: "ж", count: 127)),
        ])
    func announced(_ name: String, _ expected: String?) { #expect(FileName.announced(name) == expected) }

    @Test("a name of 300 bytes is cut between characters and keeps its extension")
    func longName() {
        let name = FileName.sanitised(
            String(repeating: "👩‍👩‍👧", count: 20) + ".pdf", for: FileType(mime: "application/pdf", fileExtension: "pdf"))
        #expect(name.utf8.count <= 255)
        #expect(name.hasSuffix(".pdf"))
        #expect(name.dropLast(4).allSatisfy { $0 == "👩‍👩‍👧" })
    }

    @Test("a name of one endless character is cut within it, and stays a name")
    func endlessCharacter() {
        let name = FileName.sanitised(
            "e" + String(repeating: "\u{301}", count: 300) + ".pdf",
            for: FileType(mime: "application/pdf", fileExtension: "pdf"))
        #expect(name.utf8.count <= 255)
        #expect(name.unicodeScalars.starts(with: "e\u{301}".unicodeScalars))
        #expect(name.hasSuffix(".pdf"))
    }

    @Test("comparing in constant time says what == says", arguments: ["", "a", "abc", "abd", "abcd"])
    func comparing(_ other: String) { #expect(ConstantTime.equal(other, "abc") == (other == "abc")) }
}
