import Domain

/// The beginning of a message for people: `reply_to.preview`.
package enum Preview {
    /// The first 100 characters, never half of one. A character of absurdly many combining marks is cut within.
    package static func fitting(_ text: String) -> String {
        String(text.prefix(AgentLimits.previewCharacters)).prefix(utf8: AgentLimits.shortTextBytes)
    }

    /// Of the text, caption or name that the content has; empty where it has none.
    package static func of(_ content: Content) -> String {
        switch content {
        case .text(let text): fitting(text.text)
        case .media(_, let media): fitting(media.caption ?? media.name ?? "")
        case .contact(let contact): fitting(contact.name)
        case .location(let location): fitting(location.title ?? location.address ?? "")
        case .template(let template): fitting(template.name)
        case .callback(let callback): fitting(callback.data)
        case .system(let system): fitting(system.text)
        case .unsupported: ""
        }
    }
}
