import Domain
import JSON

extension Content {
    /// Reads `kind` and the object of that name out of a send.
    init(sendIn params: inout ParamsReader) throws {
        let kind = try params.required("kind") { field in
            let kind = try field.choice(of: MessageKind.self)
            guard kind.canBeSent else { throw field.error("\(kind.rawValue) cannot be sent") }
            return kind
        }
        self = try params.required(kind.rawValue) { field in
            try field.object { try Content(kind, &$0) }
        }
    }

    private init(_ kind: MessageKind, _ params: inout ParamsReader) throws {
        if let media = MediaKind(rawValue: kind.rawValue) {
            self = .media(media, try MediaContent(&params))
            return
        }
        switch kind {
        case .contact: self = .contact(try ContactContent(&params))
        case .location: self = .location(try LocationContent(&params))
        case .template: self = .template(try TemplateContent(&params))
        default: self = .text(try TextContent(&params))
        }
    }
}

extension MessageKind {
    /// Presses, system messages and what nobody knows come in or are made by Eralink.
    package var canBeSent: Bool {
        switch self {
        case .callback, .system, .unsupported: false
        default: true
        }
    }
}

extension MediaContent {
    /// Type and size are the file's own and are not taken from a send.
    init(_ params: inout ParamsReader) throws {
        self.init(file: try params.required("file") { try $0.id() })
        name = try params.optional("name") { try $0.text(bytes: 255) }
        caption = try params.optional("caption") { try $0.text() }
        width = try params.optional("width") { try $0.integer(in: 1...100_000) }
        height = try params.optional("height") { try $0.integer(in: 1...100_000) }
        duration = try params.optional("duration") { try $0.integer(in: 0...1_000_000) }
    }
}

extension ContactContent {
    init(_ params: inout ParamsReader) throws {
        self.init(
            name: try params.required("name") { try $0.text(bytes: AgentLimits.shortTextBytes) },
            phone: try params.required("phone") { try $0.phone() })
    }
}

extension LocationContent {
    init(_ params: inout ParamsReader) throws {
        self.init(
            latitude: try params.required("latitude") { try $0.double(in: -90...90) },
            longitude: try params.required("longitude") { try $0.double(in: -180...180) },
            title: try params.optional("title") { try $0.text(bytes: AgentLimits.shortTextBytes) },
            address: try params.optional("address") { try $0.text(bytes: AgentLimits.shortTextBytes) })
    }
}

extension TemplateContent {
    init(_ params: inout ParamsReader) throws {
        self.init(
            name: try params.required("name") { try $0.text(bytes: AgentLimits.shortTextBytes) },
            language: try params.required("language") { try $0.token(bytes: 35) },
            params: try params.required("params") { try $0.elements(atMost: 1000) { try $0.string() } })
    }
}
