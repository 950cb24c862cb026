/// A `multipart/form-data` body (RFC 7578) whose file parts stream: only the heads are in memory.
package struct MultipartForm: Sendable {
    package struct Part: Sendable {
        enum Content: Sendable {
            case bytes([UInt8])
            case stream(length: Int, any AsyncSequence<[UInt8], any Error> & Sendable)

            var length: Int {
                switch self {
                case .bytes(let bytes): bytes.count
                case .stream(let length, _): length
                }
            }
        }

        let name: String
        let filename: String?
        let contentType: String?
        let content: Content

        /// A text field.
        package static func field(_ name: String, _ value: String) -> Part {
            Part(name: name, filename: nil, contentType: nil, content: .bytes(Array(value.utf8)))
        }

        /// A file of exactly `length` bytes that are read while they are sent.
        package static func file(
            _ name: String, filename: String, contentType: String, length: Int,
            _ chunks: any AsyncSequence<[UInt8], any Error> & Sendable
        ) -> Part {
            Part(name: name, filename: filename, contentType: contentType, content: .stream(length: length, chunks))
        }

        package static func file(_ name: String, filename: String, contentType: String, bytes: [UInt8]) -> Part {
            Part(name: name, filename: filename, contentType: contentType, content: .bytes(bytes))
        }
    }

    package let boundary: String
    let parts: [Part]

    /// - Parameter boundary: 1 to 70 letters, digits, `-`, `_`; 128 random bits unless a test sets it.
    package init(_ parts: [Part], boundary: String? = nil) {
        self.parts = parts
        self.boundary = boundary ?? Self.randomBoundary()
    }

    var contentType: String { "multipart/form-data; boundary=\(boundary)" }

    /// The content types are put into the body raw: none may end its line.
    var isWellFormed: Bool {
        parts.allSatisfy { $0.contentType?.utf8.allSatisfy(\.isFieldValueByte) ?? true }
            && (1...70).contains(boundary.utf8.count) && boundary.isToken
    }

    var length: Int {
        parts.reduce(tail.count) { $0 + head(of: $1).count + $1.content.length + 2 }
    }

    var chunks: MultipartChunks { MultipartChunks(form: self) }

    func head(of part: Part) -> [UInt8] {
        var text = "--\(boundary)\r\nContent-Disposition: form-data; name=\"\(Self.escape(part.name))\""
        if let filename = part.filename { text += "; filename=\"\(Self.escape(filename))\"" }
        text += "\r\n"
        if let contentType = part.contentType { text += "Content-Type: \(contentType)\r\n" }
        return Array((text + "\r\n").utf8)
    }

    var tail: [UInt8] { Array("--\(boundary)--\r\n".utf8) }

    /// UTF-8 stays as it is; only what would end the quoted name is percent-escaped (WHATWG, multipart/form-data encoding).
    static func escape(_ name: String) -> String {
        var bytes: [UInt8] = []
        for byte in name.utf8 {
            switch byte {
            case UInt8(ascii: "\""): bytes += "%22".utf8
            case 0..<32, 127: bytes += "%".utf8 + FormEncoding.hexadecimal(byte)
            default: bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func randomBoundary() -> String {
        var generator = SystemRandomNumberGenerator()
        let digits = [generator.next(), generator.next()].map { String($0, radix: 36) }
        return "eralink-" + digits.joined()
    }
}

/// The bytes of a form in the order in which they are sent.
struct MultipartChunks: AsyncSequence, Sendable {
    let form: MultipartForm

    func makeAsyncIterator() -> Iterator { Iterator(form: form) }

    struct Iterator: AsyncIteratorProtocol {
        let form: MultipartForm
        private var next = 0
        private var file: (any AsyncIteratorProtocol<[UInt8], any Error>)?
        private var ended = false

        init(form: MultipartForm) { self.form = form }

        mutating func next() async throws -> [UInt8]? {
            if let chunk = try await file?.next(isolation: nil) { return chunk }
            let separator: [UInt8] = file == nil ? [] : [13, 10]
            file = nil
            guard next < form.parts.count else {
                defer { ended = true }
                return ended ? nil : separator + form.tail
            }
            let part = form.parts[next]
            next += 1
            switch part.content {
            case .bytes(let bytes): return separator + form.head(of: part) + bytes + [13, 10]
            case .stream(_, let chunks):
                file = chunks.makeAsyncIterator()
                return separator + form.head(of: part)
            }
        }
    }
}
