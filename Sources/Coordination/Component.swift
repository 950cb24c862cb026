import Domain
import JSON

/// A running process as the others see it.
package struct Component: Sendable, Equatable {
    /// `chat`, `loader`, `bot`, `connector`.
    package var role: String
    /// Unique among the running processes of the role.
    package var id: String
    package var host: String
    package var port: Int
    package var version: String
    package var started: Timestamp
    /// A connector's account.
    package var account: String?

    package init(
        role: String, id: String, host: String, port: Int, version: String, started: Timestamp, account: String? = nil
    ) {
        self.role = role
        self.id = id
        self.host = host
        self.port = port
        self.version = version
        self.started = started
        self.account = account
    }

    var path: String {
        let place = account.map { "\(NodeName.encode(role))/\(NodeName.encode($0))" } ?? NodeName.encode(role)
        return "/components/\(place)/\(NodeName.encode(id))"
    }

    var value: String {
        var writer = JSONWriter(reserving: 160)
        write(to: &writer)
        return writer.text
    }

    init?(value: [UInt8]) {
        guard let node = try? JSONNode(JSONDocument(parsing: value).value),
            let role = node["role"]?.value.string, let id = node["id"]?.value.string
        else { return nil }
        self.init(
            role: role, id: id, host: node["host"]?.value.string ?? "", port: Int(node["port"]?.value.int64 ?? 0),
            version: node["version"]?.value.string ?? "",
            started: (node["started"]?.value.string).flatMap { Timestamp(rfc3339: $0) } ?? Timestamp(microseconds: 0),
            account: node["account"]?.value.string)
    }
}

extension Component: JSONWritable {
    package func write(to writer: inout JSONWriter) {
        writer.objectValue {
            $0.member("role", role)
            $0.optional("account", account)
            $0.member("id", id)
            $0.member("host", host)
            $0.member("port", port)
            $0.member("version", version)
            $0.member("started", started.description)
        }
    }
}
