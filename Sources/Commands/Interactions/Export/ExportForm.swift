import ArgumentParser
import JSON

/// How exported chats are written: a beginning, a piece for every chat, an end.
protocol ExportWriter: Sendable {
    var beginning: String { get }
    var end: String { get }
    func chatBeginning(_ chat: JSONValue) -> String
    func message(_ message: JSONValue, of chat: JSONValue, isFirst: Bool) -> String
    func chatEnd(_ chat: JSONValue) -> String
}

enum ExportForm: String, ExpressibleByArgument, CaseIterable, Sendable {
    case jsonl, csv, html

    /// - Parameter files: the base of links to files.
    func writer(files: String) -> any ExportWriter {
        switch self {
        case .jsonl: JSONLinesExport()
        case .csv: CSVExport()
        case .html: HTMLExport(files: files)
        }
    }
}

/// A line for every chat with its messages, the object that `interactions show -o json` prints.
struct JSONLinesExport: ExportWriter {
    let beginning = ""
    let end = ""

    func chatBeginning(_ chat: JSONValue) -> String { "{\"interaction\":\(JSONText.line(chat)),\"messages\":[" }

    func message(_ message: JSONValue, of chat: JSONValue, isFirst: Bool) -> String {
        (isFirst ? "" : ",") + JSONText.line(message)
    }

    func chatEnd(_ chat: JSONValue) -> String { "]}\n" }
}

/// A row for every message.
struct CSVExport: ExportWriter {
    private static let columns = [
        "interaction", "account", "channel", "customer_id", "customer", "phone", "seq", "message", "at", "direction",
        "agent", "kind", "state", "text", "file", "mime", "size", "reply_to", "deleted_at",
    ]

    var beginning: String { CSV.line(Self.columns) }
    let end = ""

    func chatBeginning(_ chat: JSONValue) -> String { "" }

    func message(_ message: JSONValue, of chat: JSONValue, isFirst: Bool) -> String {
        let customer = chat["customer"]
        let body = message[message["kind"]?.string ?? ""]
        let fields: [JSONValue?] = [
            chat["id"], chat["account"], chat["channel"], customer?["external_id"], customer?["name"],
            customer?["phone"], message["seq"], message["id"], message["at"], message["direction"], message["agent"],
            message["kind"], message["state"], .string(Self.text(of: message, body)), body?["file"], body?["mime"],
            body?["size"], message["reply_to"]?["id"], message["deleted_at"],
        ]
        return CSV.line(fields.map { $0?.string ?? $0?.number?.text ?? "" })
    }

    /// The customer's or agent's own words where there are any, else what stands for them.
    private static func text(of message: JSONValue, _ body: JSONValue?) -> String {
        body?["text"]?.string ?? body?["caption"]?.string ?? (body?["file"] == nil ? MessageLine(message).says : "")
    }

    func chatEnd(_ chat: JSONValue) -> String { "" }
}
