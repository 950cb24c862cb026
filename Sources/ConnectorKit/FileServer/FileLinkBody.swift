import Domain
import JSON

/// The body of `POST /files/{account}/{file}/link`: `{"ttl_s": 60…86400}`, or nothing.
enum FileLinkBody {
    static let lifetimes: ClosedRange<Int64> = 60...86_400
    static let usual: Int64 = 3600

    static func lifetime(_ body: [UInt8]) throws(EralinkError) -> Int64 {
        if body.isEmpty { return usual }
        let object: [JSONMember]?
        do throws(JSONError) {
            object = try JSONValue(parsing: body).object
        } catch {
            throw EralinkError(.parseError, "the body is not JSON: \(error)")
        }
        guard let object else { throw EralinkError(.invalidParams, "the body is no object") }
        var lifetime = usual
        for member in object {
            guard member.name == "ttl_s" else {
                throw EralinkError(
                    .invalidParams, "\(member.name) is not known", details: [.init("member", member.name)])
            }
            guard let seconds = member.value.int64, lifetimes.contains(seconds) else {
                throw EralinkError(
                    .invalidParams, "ttl_s must be a whole number from 60 to 86400", details: [.init("member", "ttl_s")]
                )
            }
            lifetime = seconds
        }
        return lifetime
    }
}
