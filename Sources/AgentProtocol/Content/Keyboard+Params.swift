import Domain
import JSON

extension Keyboard {
    init(_ params: inout ParamsReader) throws {
        let style = try params.required("type") { try $0.choice(of: Style.self) }
        let rows = try params.optional("rows") { field in
            try field.elements { row in
                let buttons = try row.elements { button in try button.object { try Button(&$0) }
                }
                if buttons.isEmpty { throw row.error("has no buttons") }
                return buttons
            }
        }
        if style == .remove {
            if rows?.isEmpty == false { throw params.error("rows", "cannot stand in a keyboard that removes") }
        } else {
            guard let rows else { throw params.missing("rows") }
            if rows.isEmpty { throw params.error("rows", "must not be empty") }
        }
        self.init(
            style: style, rows: rows ?? [], oneTime: try params.optional("one_time") { try $0.bool() },
            persistent: try params.optional("persistent") { try $0.bool() })
    }
}

extension Keyboard.Button {
    init(_ params: inout ParamsReader) throws {
        let text = try params.required("text") { try $0.text(bytes: AgentLimits.shortTextBytes) }
        let kind = try params.required("kind") { try $0.choice(of: Kind.self) }
        let data = try params.optional("data") { try $0.token(bytes: AgentLimits.noteBytes) }
        let url = try params.optional("url") { try $0.link() }
        switch kind {
        case .callback: if data == nil { throw params.missing("data") }
        // A text button may carry data, which some messengers send along with the text.
        case .text: break
        case .url, .phone, .location:
            if data != nil { throw params.error("data", "does not belong to a \(kind.rawValue) button") }
        }
        if kind == .url, url == nil { throw params.missing("url") }
        if kind != .url, url != nil { throw params.error("url", "does not belong to a \(kind.rawValue) button") }
        self.init(text: text, kind: kind, data: data, url: url, color: try params.optional("color") { try $0.choice() })
    }
}
