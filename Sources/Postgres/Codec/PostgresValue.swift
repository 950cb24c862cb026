/// One value of a result, as the server sent it in binary format. Valid only while it is being decoded: its bytes belong to
/// the result.
package struct PostgresValue {
    /// Nil for NULL.
    package let bytes: UnsafeRawBufferPointer?
    /// The column's type.
    package let oid: UInt32

    package var isNull: Bool { bytes == nil }

    /// A value that cannot be what was asked for. The row turns it into a `PostgresError` that names the column.
    package struct Mismatch: Error {
        package var reason: String
        package init(_ reason: String) { self.reason = reason }
    }

    /// The bytes of a value that must not be NULL.
    package func required() throws(Mismatch) -> UnsafeRawBufferPointer {
        guard let bytes else { throw Mismatch("it is NULL") }
        return bytes
    }

    package func integer() throws(Mismatch) -> Int64 {
        let bytes = try required()
        switch (oid, bytes.count) {
        case (PostgresType.int8.oid, 8): return bytes.bigEndian(Int64.self)
        case (PostgresType.int4.oid, 4): return Int64(bytes.bigEndian(Int32.self))
        case (PostgresType.int2.oid, 2): return Int64(bytes.bigEndian(Int16.self))
        case (26, 4): return Int64(bytes.bigEndian(UInt32.self))
        default: throw Mismatch("it is not an integer")
        }
    }

    /// A `timestamptz` in microseconds since 1970; infinities are the extremes of `Int64`.
    package func timestamptz() throws(Mismatch) -> Int64 {
        let bytes = try required()
        guard oid == PostgresType.timestamptz.oid, bytes.count == 8 else { throw Mismatch("it is not a timestamptz") }
        return PostgresEpoch.unix(fromServer: bytes.bigEndian(Int64.self))
    }

    /// The characters of a text, json, jsonb or enum value, not checked again: the server has.
    package func text() throws(Mismatch) -> UnsafeRawBufferPointer {
        let bytes = try required()
        switch oid {
        case 25, 1043, 1042, 19, 18, 114, 705, 2278: return bytes
        case PostgresType.jsonb.oid:
            guard bytes.first == 1 else { throw Mismatch("its jsonb version is unknown") }
            return UnsafeRawBufferPointer(rebasing: bytes.dropFirst())
        // Types that a schema defines; an enum's binary form is its label.
        case 16384...: return bytes
        default: throw Mismatch("it is not a text")
        }
    }
}

extension UnsafeRawBufferPointer {
    func bigEndian<T: FixedWidthInteger>(_: T.Type, at offset: Int = 0) -> T {
        T(bigEndian: loadUnaligned(fromByteOffset: offset, as: T.self))
    }
}
