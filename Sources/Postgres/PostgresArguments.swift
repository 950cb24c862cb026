/// The arguments of a statement, already in wire form in one buffer.
package struct PostgresArguments: Sendable {
    struct Slot: Sendable {
        var oid: UInt32
        var isText: Bool
        var offset: Int
        /// -1 for NULL.
        var length: Int
    }

    private var buffer = PostgresBuffer()
    private(set) var slots: [Slot] = []
    /// Why the arguments cannot be sent; interpolation cannot throw, so the call does.
    private(set) var problem: String?

    package var count: Int { slots.count }
    var oids: [UInt32] { slots.map(\.oid) }

    package mutating func append<T: PostgresEncodable>(_ value: T) {
        let type = T.postgresType
        let offset = buffer.count
        var slot = Slot(oid: type.isInferred ? 0 : type.oid, isText: type.isInferred, offset: offset, length: -1)
        if !value.isPostgresNull {
            value.encode(into: &buffer)
            slot.length = buffer.count - offset
            if type.isInferred {
                // libpq measures text up to its first zero byte: one inside would cut it silently.
                if buffer.containsZero(from: offset) {
                    problem = "argument $\(count + 1) contains U+0000, which PostgreSQL cannot store in text"
                }
                buffer.write(UInt8(0))
            }
        }
        if type.oid == 0 { problem = "argument $\(count + 1): \(T.self) has no type in PostgreSQL" }
        if slot.length > Int(Int32.max) / 2 { problem = "argument $\(count + 1) is larger than 1 GB" }
        slots.append(slot)
    }

    mutating func append(contentsOf other: PostgresArguments) {
        let shift = buffer.count
        buffer.write(bytes: other.buffer.bytes)
        for var slot in other.slots {
            slot.offset += shift
            slots.append(slot)
        }
        problem = problem ?? other.problem
    }

    /// Calls `body` with the arrays that libpq wants, valid during the call.
    func withParameters<R>(
        _ body: (
            _ values: [UnsafePointer<CChar>?], _ lengths: [Int32], _ formats: [Int32]
        ) -> R
    ) -> R {
        buffer.bytes.withUnsafeBytes { bytes in
            var values: [UnsafePointer<CChar>?] = []
            var lengths: [Int32] = []
            var formats: [Int32] = []
            values.reserveCapacity(slots.count)
            lengths.reserveCapacity(slots.count)
            formats.reserveCapacity(slots.count)
            for slot in slots {
                // An empty value needs an address too: without one it would be NULL.
                let start = bytes.baseAddress.map { $0 + slot.offset } ?? Self.somewhere
                values.append(slot.length < 0 ? nil : start.assumingMemoryBound(to: CChar.self))
                lengths.append(Int32(truncatingIfNeeded: max(slot.length, 0)))
                formats.append(slot.isText ? 0 : 1)
            }
            return body(values, lengths, formats)
        }
    }

    // Never read through and never written: only its being an address matters. It lives as long as the process.
    nonisolated(unsafe) private static let somewhere = UnsafeRawPointer(
        UnsafeMutableRawPointer.allocate(byteCount: 1, alignment: 1))
}
