extension Timestamp {
    /// Reads an RFC 3339 date-time (section 5.6: `T` or `t` or a space between date and time, any fraction, `Z` or a
    /// numeric offset). A date alone, a missing offset and impossible dates give nil. A leap second counts as the second before it.
    package init?(rfc3339 text: some StringProtocol) {
        var reader = Reader(bytes: Array(text.utf8))
        guard let year = reader.digits(4), reader.one(of: "-"), let month = reader.digits(2), reader.one(of: "-"),
            let day = reader.digits(2), reader.one(of: "Tt "), let hour = reader.digits(2), reader.one(of: ":"),
            let minute = reader.digits(2), reader.one(of: ":"), let second = reader.digits(2)
        else { return nil }
        var micros: Int64 = 0
        if reader.one(of: ".") {
            guard let fraction = reader.fraction() else { return nil }
            micros = fraction
        }
        guard let offset = reader.offset(), reader.atEnd else { return nil }
        guard (1...12).contains(month), day >= 1, day <= Self.daysIn(month: month, year: year), hour < 24, minute < 60,
            second <= 60
        else { return nil }
        let days = Self.days(year: year, month: month, day: day)
        let seconds = days * 86_400 + hour * 3600 + minute * 60 + min(second, 59) - offset
        self.init(microseconds: seconds * 1_000_000 + micros)
    }

    private static func daysIn(month: Int64, year: Int64) -> Int64 {
        switch month {
        case 4, 6, 9, 11: 30
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        default: 31
        }
    }

    private struct Reader {
        let bytes: [UInt8]
        var next = 0

        init(bytes: [UInt8]) { self.bytes = bytes }

        var atEnd: Bool { next == bytes.count }

        mutating func one(of characters: StaticString) -> Bool {
            guard next < bytes.count else { return false }
            let found = characters.withUTF8Buffer { $0.contains(bytes[next]) }
            if found { next += 1 }
            return found
        }

        mutating func digit() -> Int64? {
            guard next < bytes.count, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(bytes[next]) else { return nil }
            defer { next += 1 }
            return Int64(bytes[next] - UInt8(ascii: "0"))
        }

        mutating func digits(_ count: Int) -> Int64? {
            var value: Int64 = 0
            for _ in 0..<count {
                guard let digit = digit() else { return nil }
                value = value * 10 + digit
            }
            return value
        }

        /// The fraction of a second in microseconds; further digits are cut off.
        mutating func fraction() -> Int64? {
            guard var value = digit() else { return nil }
            var count = 1
            while let digit = digit() {
                if count < 6 { value = value * 10 + digit }
                count += 1
            }
            for _ in min(count, 6)..<6 { value *= 10 }
            return value
        }

        /// The offset from UTC in seconds.
        mutating func offset() -> Int64? {
            if one(of: "Zz") { return 0 }
            let sign: Int64
            if one(of: "+") {
                sign = 1
            } else if one(of: "-") {
                sign = -1
            } else {
                return nil
            }
            guard let hours = digits(2), one(of: ":"), let minutes = digits(2), hours < 24, minutes < 60 else {
                return nil
            }
            return sign * (hours * 3600 + minutes * 60)
        }
    }
}
