import Domain
import Glibc
import Synchronization

/// Dates of HTTP headers: `Sun, 06 Nov 1994 08:49:37 GMT` (RFC 9110, section 5.6.7).
package enum HTTPDate {
    package static func text(_ time: Timestamp) -> String {
        let days = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        let iso = Array(time.description)
        let month = Int(String(iso[5..<7])) ?? 1
        let day = time.milliseconds >= 0 ? time.milliseconds / 86_400_000 % 7 : 0
        return "\(days[Int(day)]), \(String(iso[8..<10])) \(months[month - 1]) \(String(iso[0..<4])) "
            + "\(String(iso[11..<19])) GMT"
    }

    private static let cache = Mutex((second: Int64(-1), text: ""))

    /// The present second, made into text once a second.
    static var now: String {
        let second = Int64(Glibc.time(nil))
        return cache.withLock { cache in
            if cache.second != second { cache = (second, text(Timestamp(seconds: second))) }
            return cache.text
        }
    }
}
