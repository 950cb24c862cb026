import AgentProtocol
import Domain
import JSON

// The forms in which the history table keeps what the agent API shows: the same JSON, written once.

extension Message {
    var storedParts: String {
        var writer = JSONWriter(reserving: 128)
        writer.array { array in for part in parts { array.element(part) } }
        return writer.text
    }
}

extension MessagePart {
    /// Reads what `storedParts` wrote; a part that cannot be read is left out.
    static func list(stored: [UInt8]) -> [MessagePart] {
        guard let parts = (try? JSONValue(parsing: stored))?.array else { return [] }
        return parts.compactMap { part in
            guard let number = part["n"]?.int64, let state = part["state"]?.string.flatMap(DeliveryState.init),
                let at = part["at"]?.string.flatMap({ Timestamp(rfc3339: $0) })
            else { return nil }
            let reason = part["reason"].flatMap { reason in
                reason["code"]?.string.map { Reason(code: $0, text: reason["text"]?.string ?? "") }
            }
            return MessagePart(
                number: Int(number), externalID: part["external_id"]?.string, state: state, at: at,
                attempts: Int(part["attempts"]?.int64 ?? 0), reason: reason)
        }
    }
}

extension ForwardOrigin {
    var stored: String {
        String(
            decoding: JSONWriter.object {
                $0.optional("name", name)
                $0.optional("external_id", externalID)
                $0.optional("at", at)
            }, as: UTF8.self)
    }

    init?(stored: [UInt8]) {
        guard let value = try? JSONValue(parsing: stored) else { return nil }
        self.init(
            name: value["name"]?.string, externalID: value["external_id"]?.string,
            at: value["at"]?.string.flatMap { Timestamp(rfc3339: $0) })
    }
}
