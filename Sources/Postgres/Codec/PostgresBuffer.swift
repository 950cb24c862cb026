import Glibc

/// The bytes of arguments in the server's binary formats: big-endian numbers, raw text.
package struct PostgresBuffer: Sendable {
    private(set) var bytes: [UInt8] = []

    var count: Int { bytes.count }

    package mutating func write(_ value: some FixedWidthInteger) {
        withUnsafeBytes(of: value.bigEndian) { bytes.append(contentsOf: $0) }
    }

    package mutating func write(_ value: Double) { write(value.bitPattern) }

    package mutating func write(utf8 value: String) {
        var value = value
        value.withUTF8 { bytes.append(contentsOf: $0) }
    }

    package mutating func write(bytes value: some Collection<UInt8>) { bytes.append(contentsOf: value) }

    /// A `timestamptz`, from microseconds since 1970; the extremes of `Int64` mean -infinity and infinity.
    package mutating func write(timestamptz microseconds: Int64) {
        write(PostgresEpoch.server(fromUnix: microseconds))
    }

    /// Writes what `body` writes behind its own length (four bytes), as array elements need it.
    mutating func writeLengthPrefixed(_ body: (inout PostgresBuffer) -> Void) {
        let start = bytes.count
        write(Int32(0))
        body(&self)
        let length = UInt32(truncatingIfNeeded: bytes.count - start - 4)
        for byte in 0..<4 { bytes[start + byte] = UInt8(truncatingIfNeeded: length >> (24 - 8 * UInt32(byte))) }
    }

    func containsZero(from offset: Int) -> Bool {
        bytes.withUnsafeBytes { bytes in
            guard let start = bytes.baseAddress, offset < bytes.count else { return false }
            return memchr(start + offset, 0, bytes.count - offset) != nil
        }
    }

    mutating func reserve(_ additional: Int) { bytes.reserveCapacity(bytes.count + additional) }
}

/// PostgreSQL counts microseconds from 2000-01-01, everybody else from 1970-01-01.
enum PostgresEpoch {
    private static let offset: Int64 = 946_684_800_000_000

    static func server(fromUnix microseconds: Int64) -> Int64 {
        if microseconds == .max { return .max }
        let (value, overflow) = microseconds.subtractingReportingOverflow(offset)
        return overflow ? .min : value
    }

    static func unix(fromServer microseconds: Int64) -> Int64 {
        if microseconds == .min { return .min }
        let (value, overflow) = microseconds.addingReportingOverflow(offset)
        return overflow ? .max : value
    }
}
