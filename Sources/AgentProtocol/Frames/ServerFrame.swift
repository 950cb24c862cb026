import Domain
import JSON

/// The frames that a server sends, as bytes; results and event data are spliced, never encoded again.
package enum ServerFrame {
    package static func result(_ id: RequestID, _ result: some Collection<UInt8>) -> [UInt8] {
        var writer = JSONWriter(reserving: result.count + 64)
        writer.object {
            $0.member("jsonrpc", "2.0")
            $0.member("id", id)
            $0.rawMember("result", result)
        }
        return writer.bytes
    }

    /// `id` nil: the request's id could not be read.
    package static func failure(_ id: RequestID?, _ error: EralinkError) -> [UInt8] {
        JSONWriter.object {
            $0.member("jsonrpc", "2.0")
            $0.member("id", id)
            $0.member("error", error)
        }
    }

    /// `cursor` nil: an event that is not replayed (typing, presence, draining); the member is then absent.
    package static func event(
        _ type: EventType, cursor: Cursor?, at: Timestamp, interaction: InteractionID?, data: some Collection<UInt8>
    ) -> [UInt8] {
        var writer = JSONWriter(reserving: data.count + 192)
        writer.object {
            $0.member("jsonrpc", "2.0")
            $0.member("method", "event")
            $0.object("params") {
                $0.optional("cursor", cursor)
                $0.member("type", type)
                $0.member("at", at)
                $0.member("interaction", interaction)
                $0.rawMember("data", data)
            }
        }
        return writer.bytes
    }
}
