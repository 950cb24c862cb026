import Domain

/// Whether this machine's clock goes with another's. Leases and order do not depend on it (the database's clock counts); TLS,
/// tokens' expiry as people see it, signed links and logs do.
enum ClockCheck {
    /// The other clock less ours, from a question that was asked and answered between these moments.
    static func offset(of other: Timestamp, asked: Timestamp, answered: Timestamp) -> Duration {
        .microseconds(other.microseconds - (asked.microseconds + answered.microseconds) / 2)
    }

    /// - Parameter blur: how exactly the other clock was read.
    static func judge(against other: String, offset: Duration, blur: Duration) -> Diagnosis {
        let size = offset < .zero ? .zero - offset : offset
        let seconds = Double(Int(size / .milliseconds(100))) / 10
        guard size > .seconds(1) + blur else { return .ok("clock", "goes with \(other)'s") }
        let text = "this machine is \(seconds) s \(offset < .zero ? "ahead of" : "behind") \(other)"
        let remedy = "set the clocks by NTP on both: timedatectl set-ntp true"
        return size > .seconds(30) ? .failed("clock", text, remedy) : .warning("clock", text, remedy)
    }

    /// An HTTP date (RFC 9110, 5.6.7), as in `Date: Wed, 25 Nov 2026 07:14:45 GMT`; nil for anything else.
    static func httpDate(_ text: String) -> Timestamp? {
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        let parts = text.split(separator: " ")
        guard parts.count == 6, parts[5] == "GMT", let month = months.firstIndex(of: String(parts[2])),
            parts[1].count == 2, parts[3].count == 4, parts[4].count == 8
        else { return nil }
        let number = month + 1 < 10 ? "0\(month + 1)" : "\(month + 1)"
        return Timestamp(rfc3339: "\(parts[3])-\(number)-\(parts[1])T\(parts[4])Z")
    }
}
