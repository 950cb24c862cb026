/// A single text goes out untyped, so that the server takes it as text, json, jsonb, an enum or whatever the place asks for.
extension String: PostgresCodable {
    package static var postgresType: PostgresType { .text }
    package func encode(into buffer: inout PostgresBuffer) { buffer.write(utf8: self) }
    package init(postgres value: PostgresValue) throws { self = String(decoding: try value.text(), as: UTF8.self) }
}

/// JSON text as bytes, for json and jsonb columns: neither copied into a `String` nor parsed on our side.
package struct PostgresJSON: PostgresCodable, Hashable {
    package var bytes: [UInt8]

    package init(_ bytes: [UInt8]) { self.bytes = bytes }

    package static var postgresType: PostgresType { .jsonb }

    package func encode(into buffer: inout PostgresBuffer) { buffer.write(bytes: bytes) }

    package func encodeElement(into buffer: inout PostgresBuffer) {
        // The binary form of jsonb is its version, then the text.
        buffer.write(UInt8(1))
        buffer.write(bytes: bytes)
    }

    package init(postgres value: PostgresValue) throws { bytes = Array(try value.text()) }
}
