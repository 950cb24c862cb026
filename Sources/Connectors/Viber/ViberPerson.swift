import ConnectorKit
import Domain
import JSON

/// What Viber tells of a person, in `sender` or `user`. Every member but the id may be missing.
enum ViberPerson {
    /// Opaque, kept as it is.
    static func id(_ value: JSONValue?) -> String? {
        guard let id = value?.string, !id.isEmpty, id.utf8.count <= ViberLimits.idBytes,
            !id.unicodeScalars.contains(where: { $0.value < 0x21 || $0.value == 0x7F })
        else { return nil }
        return id
    }

    static func profile(_ person: JSONValue?) -> CustomerProfile? {
        guard let person, person.object != nil else { return nil }
        let profile = CustomerProfile(
            name: name(person["name"]), language: short(person["language"], 35),
            avatarSource: ViberMedia.webLink(person["avatar"]))
        return profile == CustomerProfile() ? nil : profile
    }

    static func name(_ value: JSONValue?) -> String? {
        guard let name = value?.string, name.contains(where: { !$0.isWhitespace }) else { return nil }
        return name.shortened(toBytes: ViberLimits.nameBytes)
    }

    private static func short(_ value: JSONValue?, _ limit: Int) -> String? {
        guard let text = value?.string, !text.isEmpty, text.utf8.count <= limit else { return nil }
        return text
    }
}
