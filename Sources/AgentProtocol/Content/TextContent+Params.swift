import Domain
import JSON

extension TextContent {
    init(_ params: inout ParamsReader) throws {
        let text = try params.required("text") { try $0.text() }
        let units = UTF16Boundaries(text)
        let entities = try params.optional("entities") { field in
            try field.elements { element in
                try element.object { try TextEntity(&$0, within: units) }
            }
        }
        self.init(text: text, entities: entities ?? [])
    }
}

extension TextEntity {
    fileprivate init(_ params: inout ParamsReader, within text: UTF16Boundaries) throws {
        let kind = try params.required(params.has("type") ? "type" : "kind") { try $0.choice(of: Kind.self) }
        let offset = try params.required("offset") { field in
            let offset = try field.integer(in: 0...Int(Int32.max))
            guard offset < text.count else {
                throw field.error("is past the end of the text (\(text.count) UTF-16 units)")
            }
            guard text.isBoundary(offset) else { throw field.error("splits a surrogate pair") }
            return offset
        }
        let length = try params.required("length") { field in
            let length = try field.integer(in: 1...Int(Int32.max))
            guard offset + length <= text.count else {
                throw field.error("reaches past the end of the text (\(text.count) UTF-16 units)")
            }
            guard text.isBoundary(offset + length) else { throw field.error("splits a surrogate pair") }
            return length
        }
        let url = try params.optional("url") { try $0.link() }
        if url != nil, kind != .link { throw params.error("url", "belongs to a link only") }
        self.init(kind: kind, offset: offset, length: length, url: url)
    }
}

/// Where the characters of a text begin, in UTF-16 units: asked in constant time, since the number of entities is the sender's.
private struct UTF16Boundaries {
    let count: Int
    private let units: [UInt16]

    init(_ text: String) {
        units = Array(text.utf16)
        count = units.count
    }

    func isBoundary(_ offset: Int) -> Bool { offset >= count || !UTF16.isTrailSurrogate(units[offset]) }
}
