/// Finds the route of a request. A literal segment wins over a parameter, an earlier route over a later one.
struct RouteTable: Sendable {
    private let routes: [WebRoute]

    enum Match: Sendable {
        case found(WebRoute, parameters: [String: String])
        /// The path is known, its methods are others: those, for `Allow`.
        case otherMethods([WebMethod])
        case unknown
    }

    init(_ routes: [WebRoute]) {
        self.routes = routes
    }

    func match(method: WebMethod, path: [String]) -> Match {
        let candidates = routes.compactMap { route in route.match(path).map { (route, $0) } }
        guard let most = candidates.map({ Self.literals($0.0) }).max() else { return .unknown }
        let best = candidates.filter { Self.literals($0.0) == most }
        if let (route, parameters) = best.first(where: { $0.0.method == method }) {
            return .found(route, parameters: parameters)
        }
        if method == .head, let (route, parameters) = best.first(where: { $0.0.method == .get }) {
            return .found(route, parameters: parameters)
        }
        var methods: [WebMethod] = []
        for (route, _) in best {
            if !methods.contains(route.method) { methods.append(route.method) }
            if route.method == .get, !methods.contains(.head) { methods.append(.head) }
        }
        return .otherMethods(methods)
    }

    private static func literals(_ route: WebRoute) -> Int {
        route.segments.count { if case .literal = $0 { true } else { false } }
    }
}
