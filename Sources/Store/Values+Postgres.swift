import AgentProtocol
import Domain
import Postgres

extension Timestamp: PostgresCodable {
    package static var postgresType: PostgresType { .timestamptz }
    package func encode(into buffer: inout PostgresBuffer) { buffer.write(timestamptz: microseconds) }
    package init(postgres value: PostgresValue) throws { self.init(microseconds: try value.timestamptz()) }
}

extension DatabaseID {
    package init(postgres value: PostgresValue) throws { self.init(try Int64(postgres: value)) }
    package static var postgresType: PostgresType { Int64.postgresType }
    package func encode(into buffer: inout PostgresBuffer) { value.encode(into: &buffer) }
}

extension AccountID: PostgresCodable {}
extension CustomerID: PostgresCodable {}
extension InteractionID: PostgresCodable {}
extension MessageID: PostgresCodable {}
extension FileID: PostgresCodable {}

extension AccountKind: PostgresCodable {}
extension DeliveryState: PostgresCodable {}
extension Direction: PostgresCodable {}
extension InteractionState: PostgresCodable {}
extension Lane: PostgresCodable {}
extension MessageKind: PostgresCodable {}
extension FileState: PostgresCodable {}
extension PresenceState: PostgresCodable {}
extension ResendPolicy: PostgresCodable {}
extension Scope: PostgresCodable {}
extension EventType: PostgresCodable {}

/// Encoded JSON on its way into a text column, as the bytes that it has.
struct EncodedText: PostgresEncodable {
    var bytes: [UInt8]

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    static var postgresType: PostgresType { .text }
    func encode(into buffer: inout PostgresBuffer) { buffer.write(bytes: bytes) }
}

extension [[UInt8]] {
    var asTexts: [EncodedText] { map(EncodedText.init) }
}

extension [[UInt8]?] {
    var asTexts: [EncodedText?] { map { $0.map(EncodedText.init) } }
}
