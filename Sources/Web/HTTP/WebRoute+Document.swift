extension WebRoute {
    /// A JSON document that is the same for everybody, for as long as the process lives.
    package static func document(_ path: String, _ json: @escaping @Sendable () -> [UInt8]) -> WebRoute {
        WebRoute(.get, path) { _ in .json(json(), headers: ["Cache-Control": "no-cache"]) }
    }
}
