import Domain
import JSON

extension Content {
    /// Reads the kind's object as `jsonBytes` wrote it. Members that it does not know are passed over, since a newer version
    /// may have written them.
    package init(kind: MessageKind, json: JSONValue) throws(JSONMappingError) {
        let object = JSONNode(json)
        if let media = MediaKind(rawValue: kind.rawValue) {
            self = .media(media, try MediaContent(object))
            return
        }
        switch kind {
        case .contact:
            self = .contact(
                ContactContent(
                    name: try object.member("name").string(), phone: try object.member("phone").string(),
                    own: try object["own"]?.bool()))
        case .location:
            self = .location(
                LocationContent(
                    latitude: try object.member("latitude").double(),
                    longitude: try object.member("longitude").double(),
                    title: try object["title"]?.string(), address: try object["address"]?.string(),
                    live: try object["live"]?.bool()))
        case .template:
            self = .template(
                TemplateContent(
                    name: try object.member("name").string(), language: try object.member("language").string(),
                    params: try object.member("params").strings()))
        case .callback:
            self = .callback(
                CallbackContent(
                    id: try object.member("id").string(), data: try object.member("data").string(),
                    message: try object["message"]?.id()))
        case .system:
            self = .system(
                SystemContent(text: try object.member("text").string(), event: try object.member("event").string()))
        case .unsupported:
            self = .unsupported(
                UnsupportedContent(
                    providerType: try object.member("provider_type").string(), raw: try object.member("raw").string()))
        default:
            self = .text(try TextContent(object))
        }
    }

    package init(kind: MessageKind, bytes: some Collection<UInt8>) throws(JSONMappingError) {
        let value: JSONValue
        do throws(JSONError) { value = try JSONValue(parsing: bytes) } catch {
            throw JSONMappingError(path: kind.rawValue, problem: "is not JSON: \(error)")
        }
        try self.init(kind: kind, json: value)
    }
}

extension TextContent {
    fileprivate init(_ object: JSONNode) throws(JSONMappingError) {
        var entities: [TextEntity] = []
        for entity in try object["entities"]?.elements() ?? [] {
            let kind = try entity.member("kind")
            guard let known = TextEntity.Kind(rawValue: try kind.string()) else { throw kind.error("is not known") }
            entities.append(
                TextEntity(
                    kind: known, offset: Int(try entity.member("offset").int64()),
                    length: Int(try entity.member("length").int64()),
                    url: try entity["url"]?.string()))
        }
        self.init(text: try object.member("text").string(), entities: entities)
    }
}

extension MediaContent {
    fileprivate init(_ object: JSONNode) throws(JSONMappingError) {
        let file = try object.member("file")
        // What a connector has just read has no id yet.
        self.init(file: try file.string() == "0" ? .unassigned : try file.id())
        mime = try object["mime"]?.string()
        size = try object["size"]?.int64()
        state = try object["file_state"]?.choice()
        name = try object["name"]?.string()
        caption = try object["caption"]?.string()
        width = try object["width"]?.int()
        height = try object["height"]?.int()
        duration = try object["duration"]?.int()
    }
}

extension JSONNode {
    func id<ID: DatabaseID>(_ type: ID.Type = ID.self) throws(JSONMappingError) -> ID {
        guard let id = ID(text: try string()) else { throw error("is not an id") }
        return id
    }

    func int() throws(JSONMappingError) -> Int { Int(try int64()) }

    func strings() throws(JSONMappingError) -> [String] {
        var found: [String] = []
        for element in try elements() { found.append(try element.string()) }
        return found
    }

    func choice<Value: RawRepresentable>(
        of type: Value.Type = Value.self
    ) throws(JSONMappingError) -> Value where Value.RawValue == String {
        guard let found = Value(rawValue: try string()) else { throw error("is not known") }
        return found
    }
}
