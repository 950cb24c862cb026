import Domain

/// The error with which a call is refused; nil where it is not.
package func refusal(_ body: () async throws -> Void) async -> EralinkError? {
    do {
        try await body()
        return nil
    } catch let error as EralinkError {
        return error
    } catch {
        return EralinkError(.internal, "not an EralinkError: \(error)")
    }
}

extension EralinkError {
    /// A detail's value as text, for tests.
    package func detail(_ name: String) -> String? {
        switch details.first(where: { $0.name == name })?.value {
        case .string(let text)?: text
        case .integer(let number)?: String(number)
        case .strings(let texts)?: texts.joined(separator: ",")
        case .null?, nil: nil
        }
    }
}
