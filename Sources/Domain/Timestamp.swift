/// A moment, in microseconds since 1970-01-01T00:00:00Z (PostgreSQL's own resolution).
///
/// Goes out as `2026-01-31T10:00:00.000Z`, always; any RFC 3339 date-time comes in (agent-api.md, first paragraph).
package struct Timestamp: Sendable, Hashable, Comparable, CustomStringConvertible {
    package var microseconds: Int64

    package init(microseconds: Int64) { self.microseconds = microseconds }
    package init(seconds: Int64) { self.microseconds = seconds * 1_000_000 }

    package var milliseconds: Int64 { microseconds >= 0 ? microseconds / 1000 : (microseconds - 999) / 1000 }

    package static func < (a: Self, b: Self) -> Bool { a.microseconds < b.microseconds }

    package func adding(_ duration: Duration) -> Timestamp {
        let (seconds, attoseconds) = duration.components
        return Timestamp(microseconds: microseconds + seconds * 1_000_000 + attoseconds / 1_000_000_000_000)
    }

    /// The time from `other` to this moment.
    package func since(_ other: Timestamp) -> Duration { .microseconds(microseconds - other.microseconds) }

    /// The years that RFC 3339 can write: 0000 to 9999.
    package static let writable =
        Timestamp(seconds: -62_167_219_200)...Timestamp(microseconds: 253_402_300_799_999_999)

    /// As it goes out. A moment beyond the years that can be written is shown as the nearest that can.
    package var description: String {
        let milliseconds = min(max(self, Self.writable.lowerBound), Self.writable.upperBound).milliseconds
        var days = milliseconds / 86_400_000
        var rest = milliseconds % 86_400_000
        if rest < 0 {
            rest += 86_400_000
            days -= 1
        }
        let (year, month, day) = Self.civil(fromDays: days)
        return String(unsafeUninitializedCapacity: 24) { buffer in
            var next = 0
            func put(_ value: Int64, digits: Int) {
                var divisor: Int64 = 1
                for _ in 1..<digits { divisor *= 10 }
                for _ in 0..<digits {
                    buffer[next] = UInt8(ascii: "0") + UInt8(value / divisor % 10)
                    next += 1
                    divisor = max(divisor / 10, 1)
                }
            }
            func put(_ character: Unicode.Scalar) {
                buffer[next] = UInt8(ascii: character)
                next += 1
            }
            put(year, digits: 4)
            put("-")
            put(month, digits: 2)
            put("-")
            put(day, digits: 2)
            put("T")
            put(rest / 3_600_000, digits: 2)
            put(":")
            put(rest / 60_000 % 60, digits: 2)
            put(":")
            put(rest / 1000 % 60, digits: 2)
            put(".")
            put(rest % 1000, digits: 3)
            put("Z")
            return next
        }
    }

    /// The civil date of a day number counted from 1970-01-01 (proleptic Gregorian calendar).
    static func civil(fromDays days: Int64) -> (year: Int64, month: Int64, day: Int64) {
        // Eras of 400 years that begin on 1 March, so that the leap day is the last one of its year.
        let shifted = days + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day)
    }

    /// The day number, counted from 1970-01-01, of a civil date.
    static func days(year: Int64, month: Int64, day: Int64) -> Int64 {
        let year = month <= 2 ? year - 1 : year
        let era = (year >= 0 ? year : year - 399) / 400
        let yearOfEra = year - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return era * 146_097 + dayOfEra - 719_468
    }
}
