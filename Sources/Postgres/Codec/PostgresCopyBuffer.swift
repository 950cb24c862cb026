/// Rows in COPY's binary format. Each value must have exactly its column's type: `Int` is int8, `String` text, `PostgresJSON` jsonb.
package struct PostgresCopyBuffer: Sendable {
    private var buffer = PostgresBuffer()

    /// Begins with the format's signature, flags and empty extension.
    package init() {
        buffer.write(bytes: Array("PGCOPY\n".utf8) + [0xFF, 0x0D, 0x0A, 0x00])
        buffer.write(Int32(0))
        buffer.write(Int32(0))
    }

    /// Bytes that wait to be taken.
    package var count: Int { buffer.count }

    package mutating func append<each T: PostgresEncodable>(_ row: repeat each T) {
        var columns: Int16 = 0
        for _ in repeat (each T).self { columns += 1 }
        buffer.write(columns)
        for value in repeat each row { append(field: value) }
    }

    private mutating func append<T: PostgresEncodable>(field value: T) {
        if value.isPostgresNull {
            buffer.write(Int32(-1))
        } else {
            buffer.writeLengthPrefixed { value.encodeElement(into: &$0) }
        }
    }

    /// What has been written so far, to be sent as a chunk.
    package mutating func take() -> [UInt8] {
        defer { buffer = PostgresBuffer() }
        return buffer.bytes
    }

    /// The last chunk.
    package mutating func finish() -> [UInt8] {
        buffer.write(Int16(-1))
        return take()
    }
}
