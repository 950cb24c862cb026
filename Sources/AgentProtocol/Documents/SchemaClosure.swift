import JSON

/// The components that schemas refer to, directly or through one another.
struct SchemaClosure {
    private var names: Set<String> = []

    init(of schemas: [Schema]) {
        for schema in schemas { visit(schema) }
    }

    func json(within: String = "#/components/schemas/") -> JSONValue {
        let found = Schemas.components.filter { names.contains($0.name) }
        return .object(found.map { JSONMember($0.name, $0.schema.json(within: within)) })
    }

    var json: JSONValue { json() }

    private mutating func visit(_ schema: Schema) {
        switch schema.shape {
        case .any, .boolean, .integer, .number, .string, .choice: break
        case .array(let element, _): visit(element)
        case .one(let schemas): for schema in schemas { visit(schema) }
        case .reference(let name):
            guard names.insert(name).inserted, let component = Schemas.component(name) else { return }
            visit(component)
        case .object(let object):
            for member in object.members { visit(member.schema) }
            if case .each(let schema, _) = object.others { visit(schema) }
        }
    }
}
