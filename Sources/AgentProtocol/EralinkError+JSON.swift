import Domain
import JSON

extension EralinkError: JSONWritable {
    /// The JSON-RPC error object (agent-api.md, "Errors").
    package func write(to writer: inout JSONWriter) { writer.objectValue { writeMembers(to: &$0) } }

    /// The body of an `application/problem+json` answer: the same members, with those of RFC 9457.
    ///
    /// - Parameter status: the HTTP status where it is not the code's own (405 for a method that a path has not).
    package func problem(status: Int? = nil) -> [UInt8] {
        JSONWriter.object {
            $0.member("type", "urn:eralink:error:\(code.name)")
            $0.member("title", code.name.split(separator: "_").joined(separator: " "))
            $0.member("status", status ?? code.http)
            $0.member("detail", message)
            writeMembers(to: &$0)
        }
    }

    private func writeMembers(to writer: inout JSONWriter) {
        writer.member("code", code.rpc)
        writer.member("message", message)
        writer.object("data") {
            $0.member("code", code.name)
            $0.member("retryable", retryable)
            $0.optional("retry_after_ms", retryAfterMilliseconds)
            $0.object("details") { for detail in details { $0.member(detail.name, detail.value) } }
        }
    }

    /// Reads an error object or the body of a problem; nil where it is neither.
    package init?(json: JSONValue) {
        let name = json["data"]?["code"]?.string
        let number = json["code"]?.int64
        guard let code = name.flatMap(ErrorCode.init(name:)) ?? ErrorCode.all.first(where: { Int64($0.rpc) == number })
        else {
            return nil
        }
        let members = json["data"]?["details"]?.object ?? []
        self.init(
            code, json["message"]?.string ?? code.name, retryable: json["data"]?["retryable"]?.bool,
            retryAfterMilliseconds: json["data"]?["retry_after_ms"]?.int64.flatMap(Int.init(exactly:)),
            details: members.map { Detail($0.name, Detail.Value($0.value)) })
    }
}

extension EralinkError.Detail.Value: JSONWritable {
    package func write(to writer: inout JSONWriter) {
        switch self {
        case .string(let text): writer.value(text)
        case .integer(let number): writer.value(number)
        case .strings(let texts): writer.value(texts)
        case .null: writer.value(JSONValue.null)
        }
    }

    /// What is neither is kept as its JSON text.
    init(_ value: JSONValue) {
        switch value {
        case .null: self = .null
        case .string(let text): self = .string(text)
        case .number(let number) where number.int64 != nil: self = number.int64.map(Self.integer) ?? .null
        case .array(let elements) where elements.allSatisfy({ $0.string != nil }):
            self = .strings(elements.compactMap(\.string))
        default: self = .string(String(decoding: JSONWriter.bytes(of: value), as: UTF8.self))
        }
    }
}
