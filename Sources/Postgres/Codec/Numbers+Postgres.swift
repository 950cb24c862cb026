extension Int64: PostgresCodable {
    package static var postgresType: PostgresType { .int8 }
    package func encode(into buffer: inout PostgresBuffer) { buffer.write(self) }
    package init(postgres value: PostgresValue) throws { self = try value.integer() }
}

extension Int: PostgresCodable {
    package static var postgresType: PostgresType { .int8 }
    package func encode(into buffer: inout PostgresBuffer) { buffer.write(Int64(self)) }
    package init(postgres value: PostgresValue) throws { self = Int(try value.integer()) }
}

extension Int32: PostgresCodable {
    package static var postgresType: PostgresType { .int4 }
    package func encode(into buffer: inout PostgresBuffer) { buffer.write(self) }
    package init(postgres value: PostgresValue) throws {
        guard let narrow = Int32(exactly: try value.integer()) else {
            throw PostgresValue.Mismatch("it is outside the range of Int32")
        }
        self = narrow
    }
}

extension Double: PostgresCodable {
    package static var postgresType: PostgresType { .float8 }
    package func encode(into buffer: inout PostgresBuffer) { buffer.write(self) }
    package init(postgres value: PostgresValue) throws {
        let bytes = try value.required()
        switch (value.oid, bytes.count) {
        case (PostgresType.float8.oid, 8): self = Double(bitPattern: bytes.bigEndian(UInt64.self))
        case (PostgresType.float4.oid, 4): self = Double(Float(bitPattern: bytes.bigEndian(UInt32.self)))
        default: throw PostgresValue.Mismatch("it is not a floating-point number")
        }
    }
}

extension Bool: PostgresCodable {
    package static var postgresType: PostgresType { .bool }
    package func encode(into buffer: inout PostgresBuffer) { buffer.write(UInt8(self ? 1 : 0)) }
    package init(postgres value: PostgresValue) throws {
        let bytes = try value.required()
        guard value.oid == PostgresType.bool.oid, let byte = bytes.first else {
            throw PostgresValue.Mismatch("it is not a boolean")
        }
        self = byte != 0
    }
}
