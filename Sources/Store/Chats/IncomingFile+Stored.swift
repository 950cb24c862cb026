import Domain
import JSON

extension IncomingFile {
    /// The form in which the inbox keeps a file that an edit brought.
    var stored: String {
        String(
            decoding: JSONWriter.object {
                $0.member("source", source)
                $0.optional("key", uniqueKey)
                $0.optional("name", name)
                $0.optional("mime", mime)
                $0.optional("size", size)
                $0.optional("reason_code", refusal?.code)
                $0.optional("reason_text", refusal?.text)
            }, as: UTF8.self)
    }

    init?(stored: [UInt8]) {
        guard let value = try? JSONValue(parsing: stored), let source = value["source"]?.string else { return nil }
        self.init(
            source: source, uniqueKey: value["key"]?.string, name: value["name"]?.string, mime: value["mime"]?.string,
            size: value["size"]?.int64,
            refusal: value["reason_code"]?.string.map {
                Reason(code: $0, text: value["reason_text"]?.string ?? "")
            })
    }
}
