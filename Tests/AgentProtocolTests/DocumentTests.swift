import AgentProtocol
import JSON
import Testing

@Suite("documents of the agent API")
struct DocumentTests {
    /// Every `$ref` of a document, and whether it leads anywhere.
    private func brokenReferences(of document: JSONValue) -> [String] {
        func references(_ value: JSONValue) -> [String] {
            switch value {
            case .object(let members):
                members.flatMap { $0.name == "$ref" ? [$0.value.string ?? ""] : references($0.value) }
            case .array(let elements): elements.flatMap(references)
            default: []
            }
        }
        return references(document).filter { reference in
            var value: JSONValue? = document
            for part in reference.dropFirst(2).split(separator: "/") { value = value?[String(part)] }
            return value == nil
        }
    }

    @Test("references lead to what they name, and every component is referred to")
    func references() throws {
        let documents = [
            AsyncAPIDocument.whole, OpenAPIDocument.whole,
            try JSONValue(parsing: OpenAPIDocument.bytes(of: .loader)),
            try JSONValue(parsing: OpenAPIDocument.bytes(of: .files)),
        ]
        for document in documents { #expect(brokenReferences(of: document) == []) }
        let described = documents.flatMap { $0["components"]?["schemas"]?.object?.map(\.name) ?? [] }
        #expect(Set(described) == Set(Schemas.components.map(\.name)))
    }

    @Test("indented JSON is the same JSON")
    func indented() throws {
        let whole = AsyncAPIDocument.whole
        #expect(try JSONValue(parsing: whole.indented) == whole)
    }

    @Test("operations have names of their own, and every parameter of a path is described")
    func operations() {
        #expect(Set(RestOperation.all.map(\.id)).count == RestOperation.all.count)
        for operation in RestOperation.all {
            let names = operation.path.split(separator: "/").filter { $0.hasPrefix("{") }.map {
                $0.dropFirst().dropLast()
            }
            let described = operation.parameters.filter { $0.place == .path }.map(\.name)
            #expect(names.map(String.init) == described, "\(operation.path)")
            #expect(Set(operation.answers.map(\.status)).count == operation.answers.count, "\(operation.id)")
        }
    }
}
