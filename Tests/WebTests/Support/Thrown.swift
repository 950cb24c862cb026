/// What `body` throws, where it is of that type; for use within what `#expect` itself runs, since the macro does not nest.
func thrown<Failure: Error>(_ type: Failure.Type, _ body: () async throws -> some Sendable) async -> Failure? {
    do {
        _ = try await body()
        return nil
    } catch {
        return error as? Failure
    }
}
