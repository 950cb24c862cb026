import Domain
import JSON

/// A shared contact, location or venue → its content. Pure; nil where the member has not its shape.
enum TelegramPlace {
    /// `isEdit`: a live location moves by edits, and ends with one that has no `live_period`.
    static func location(_ message: JSONValue, isEdit: Bool) -> Content? {
        guard let location = message["location"] ?? message["venue"]?["location"],
            let latitude = location["latitude"]?.double, let longitude = location["longitude"]?.double,
            (-90...90).contains(latitude), (-180...180).contains(longitude)
        else { return nil }
        var content = LocationContent(latitude: latitude, longitude: longitude)
        if let venue = message["venue"] {
            content.title = text(venue["title"])
            content.address = text(venue["address"])
        } else if let period = location["live_period"]?.int64, period > 0 {
            content.live = true
        } else if isEdit {
            content.live = false
        }
        return .location(content)
    }

    /// The number is the sender's own only where Telegram says whose it is, and that it is the sender's.
    static func contact(_ message: JSONValue) -> ContactContent? {
        guard let contact = message["contact"], let number = text(contact["phone_number"]) else { return nil }
        let owner = contact["user_id"]?.int64
        let name = TelegramPerson.name(of: contact) ?? number
        var content = ContactContent(name: name, phone: phone(number, isInternational: owner != nil))
        if let owner, owner == message["from"]?["id"]?.int64 { content.own = true }
        return content
    }

    /// E.164 with `+` where the number is certainly one: Telegram's own come with or without the `+`. Of a card that somebody
    /// typed, a number in a national form stays as it is.
    static func phone(_ number: String, isInternational: Bool) -> String {
        let digits = String(number.unicodeScalars.filter { ("0"..."9").contains($0) }.map(Character.init))
        let isLong = (7...15).contains(digits.count) && !digits.hasPrefix("0")
        // Eight and ten more digits are a Russian number as it is dialled within the country.
        let isNational = digits.count == 11 && digits.hasPrefix("8")
        guard isLong, isInternational || number.hasPrefix("+") || (digits.count >= 11 && !isNational) else {
            return number
        }
        return "+" + digits
    }

    static func isE164(_ phone: String) -> Bool {
        let digits = phone.utf8.dropFirst()
        return phone.hasPrefix("+") && (7...15).contains(digits.count)
            && digits.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    }

    private static func text(_ value: JSONValue?) -> String? {
        guard let text = value?.string, !text.isEmpty else { return nil }
        return text.cut(toBytes: TelegramLimits.nameBytes)
    }
}
