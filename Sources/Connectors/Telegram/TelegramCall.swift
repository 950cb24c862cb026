import ConnectorKit
import Domain
import HTTPFetch
import JSON

/// One call of a method: its parameters as a JSON body or, where files go along, as a form. Absent parameters are left out:
/// Telegram reads `null` as a text.
struct TelegramCall: Sendable, Equatable {
    enum Value: Sendable, Equatable {
        case text(String)
        /// A number, `true`, an object or an array, encoded.
        case json([UInt8])

        var json: [UInt8] {
            switch self {
            case .text(let text): JSONWriter.bytes(of: text)
            case .json(let json): json
            }
        }
    }

    struct Parameter: Sendable, Equatable {
        var name: String
        var value: Value
    }

    /// A file part of the form, streamed when it is sent.
    struct Upload: Sendable, Equatable {
        var part: String
        var file: OutgoingFile
    }

    let method: String
    private(set) var parameters: [Parameter] = []
    private(set) var uploads: [Upload] = []

    init(_ method: String) { self.method = method }

    mutating func add(_ name: String, _ value: Value) { parameters.append(Parameter(name: name, value: value)) }

    /// An empty text counts as none.
    mutating func text(_ name: String, _ text: String?) {
        if let text, !text.isEmpty { add(name, .text(text)) }
    }

    mutating func json(_ name: String, _ json: [UInt8]?) {
        if let json { add(name, .json(json)) }
    }

    mutating func value(_ name: String, _ value: (some JSONWritable)?) {
        json(name, value.map { JSONWriter.bytes(of: $0) })
    }

    mutating func upload(_ file: OutgoingFile, as part: String) { uploads.append(Upload(part: part, file: file)) }

    /// - Parameter bytes: of a stored file, read while they are sent.
    func body(_ bytes: (FileID) -> any AsyncSequence<[UInt8], any Error> & Sendable) -> HTTPRequestBody {
        guard !uploads.isEmpty else { return .bytes(json) }
        var parts = parameters.map { parameter in
            switch parameter.value {
            case .text(let text): MultipartForm.Part.field(parameter.name, text)
            case .json(let json): MultipartForm.Part.field(parameter.name, String(decoding: json, as: UTF8.self))
            }
        }
        for upload in uploads {
            let file = upload.file
            parts.append(
                .file(
                    upload.part, filename: Self.filename(file.name), contentType: file.mime, length: Int(file.size),
                    bytes(file.id)))
        }
        return .multipart(MultipartForm(parts))
    }

    var json: [UInt8] {
        JSONWriter.object { writer in
            for parameter in parameters { writer.rawMember(parameter.name, parameter.value.json) }
        }
    }

    /// For people: the method, the parameters, and which files went along.
    var readable: String {
        let files = uploads.map { " \($0.part)=<\($0.file.name), \($0.file.mime), \($0.file.size) bytes>" }.joined()
        return "POST /\(method) \(String(decoding: json, as: UTF8.self))\(files)"
    }

    var uploadedBytes: Int64 { uploads.reduce(0) { $0 + $1.file.size } }

    /// Telegram decodes percent escapes in file names: what only looks like one is escaped itself.
    private static func filename(_ name: String) -> String {
        let units = Array(name.utf8)
        var escaped: [UInt8] = []
        for (index, unit) in units.enumerated() {
            escaped.append(unit)
            let next = units.dropFirst(index + 1).prefix(2)
            if unit == UInt8(ascii: "%"), next.count == 2, next.allSatisfy({ Character(Unicode.Scalar($0)).isHexDigit })
            {
                escaped += "25".utf8
            }
        }
        return String(decoding: escaped, as: UTF8.self)
    }
}
