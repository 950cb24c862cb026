/// A request method by its name, which is case-sensitive (RFC 9110, section 9.1).
package struct WebMethod: Sendable, Hashable, ExpressibleByStringLiteral, CustomStringConvertible {
    package let name: String

    package init(_ name: String) { self.name = name }
    package init(stringLiteral name: String) { self.name = name }

    package static let get: WebMethod = "GET"
    package static let head: WebMethod = "HEAD"
    package static let post: WebMethod = "POST"
    package static let put: WebMethod = "PUT"
    package static let patch: WebMethod = "PATCH"
    package static let delete: WebMethod = "DELETE"

    package var description: String { name }
}
