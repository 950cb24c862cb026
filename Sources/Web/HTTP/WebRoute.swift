/// One method on one path pattern, and what answers it.
///
/// A pattern's `{name}` takes one non-empty segment, percent-decoded. A GET route answers HEAD too, without the body.
/// What `respond` throws goes out as `application/problem+json`.
package struct WebRoute: Sendable {
    package let method: WebMethod
    package let pattern: String
    /// Bytes of body that are taken; nil leaves it to `WebLimits.body`.
    package let bodyLimit: Int64?
    let segments: [Segment]
    let respond: @Sendable (WebRequest) async throws -> WebResponse

    enum Segment: Sendable, Equatable {
        case literal(String)
        case parameter(String)
    }

    package init(
        _ method: WebMethod, _ pattern: String, bodyLimit: Int64? = nil,
        respond: @escaping @Sendable (WebRequest) async throws -> WebResponse
    ) {
        self.method = method
        self.pattern = pattern
        self.bodyLimit = bodyLimit
        self.respond = respond
        segments = Self.segments(of: pattern)
    }

    static func segments(of pattern: String) -> [Segment] {
        pattern.dropFirst().split(separator: "/", omittingEmptySubsequences: false).map { segment in
            segment.hasPrefix("{") && segment.hasSuffix("}")
                ? .parameter(String(segment.dropFirst().dropLast())) : .literal(String(segment))
        }
    }

    /// The parameters where the path matches, else nil.
    func match(_ path: [String]) -> [String: String]? {
        guard path.count == segments.count else { return nil }
        var parameters: [String: String] = [:]
        for (segment, part) in zip(segments, path) {
            switch segment {
            case .literal(let text): guard text == part else { return nil }
            case .parameter(let name):
                guard !part.isEmpty else { return nil }
                parameters[name] = part
            }
        }
        return parameters
    }
}
