import Domain
import JSON

/// Small maps of texts (settings, attributes) as jsonb columns.
enum StringMap {
    static func write(_ map: [String: String]) -> String {
        write(map.sorted { $0.key < $1.key }.map { ($0.key, $0.value) })
    }

    static func write(_ attributes: [Customer.Attribute]) -> String {
        write(attributes.map { ($0.name, $0.value) })
    }

    private static func write(_ pairs: [(String, String)]) -> String {
        String(decoding: JSONWriter.object { for (name, value) in pairs { $0.member(name, value) } }, as: UTF8.self)
    }

    static func read(_ json: [UInt8]) -> [String: String] {
        Dictionary(attributes(json).map { ($0.name, $0.value) }, uniquingKeysWith: { $1 })
    }

    static func attributes(_ json: [UInt8]) -> [Customer.Attribute] {
        guard json != Array("{}".utf8), let members = (try? JSONValue(parsing: json))?.object else { return [] }
        return members.compactMap { member in member.value.string.map { .init(name: member.name, value: $0) } }
    }
}
