import JSON

/// One kind of messages over one account, as its ChatServer tells it (`capabilities.get`).
struct AccountChannelRow: OutputRow {
    var account: String
    var channel: String
    var kind: String
    var value: JSONValue

    /// A row for each kind of messages of each account of the answer.
    static func rows(of answer: JSONValue) -> [AccountChannelRow] {
        (answer["accounts"]?.array ?? []).flatMap { account in
            (account["kinds"]?.object ?? []).map { kind in
                AccountChannelRow(
                    account: account["account"]?.string ?? "", channel: account["channel"]?.string ?? "",
                    kind: kind.name, value: kind.value)
            }
        }
    }

    static let columns = [
        OutputColumn<Self>("account") { $0.account }, OutputColumn("channel") { $0.channel },
        OutputColumn("kind") { $0.kind }, OutputColumn("send") { $0.value["send"]?.string ?? "" },
        OutputColumn("receive") { $0.value["receive"]?.bool == true ? "yes" : "no" },
        OutputColumn("max_bytes", isNumber: true) { $0.value["max_bytes"]?.int64.map(String.init) ?? "" },
        OutputColumn("caption_max", isNumber: true) { $0.value["caption_max"]?.int64.map(String.init) ?? "" },
        OutputColumn("mime") { ($0.value["mime"]?.array ?? []).compactMap(\.string).joined(separator: " ") },
    ]

    func write(to writer: inout JSONWriter) {
        writer.objectValue { writer in
            writer.member("account", account)
            writer.member("channel", channel)
            writer.member("kind", kind)
            for member in value.object ?? [] { writer.member(member.name, member.value) }
        }
    }
}
