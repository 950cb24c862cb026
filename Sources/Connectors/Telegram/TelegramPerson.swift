import Domain
import JSON

/// What Telegram tells of a person, in a User or in a private Chat.
enum TelegramPerson {
    /// First and last name; nil where both are empty, as they are for deleted accounts.
    static func name(of person: JSONValue) -> String? {
        let names = ["first_name", "last_name"].compactMap { person[$0]?.string }.filter { !$0.isEmpty }
        guard !names.isEmpty else { return nil }
        return names.joined(separator: " ").cut(toBytes: TelegramLimits.nameBytes)
    }

    /// The customer of a private chat: the sender, as far as it is he; the chat has his names too, but not his language.
    static func profile(from: JSONValue?, chat: JSONValue?, id: Int64) -> CustomerProfile? {
        let isSender = from?["id"]?.int64 == id
        guard let person = isSender ? from : chat, person.object != nil else { return nil }
        let profile = CustomerProfile(
            name: name(of: person), username: short(person["username"], 64),
            language: short(person["language_code"], 35))
        return profile == CustomerProfile() ? nil : profile
    }

    private static func short(_ value: JSONValue?, _ limit: Int) -> String? {
        guard let text = value?.string, !text.isEmpty, text.utf8.count <= limit else { return nil }
        return text
    }
}
