/// Buttons under a message (`inline`) or instead of the customer's keyboard (`reply`); `remove` takes the latter away.
package struct Keyboard: Sendable, Equatable {
    package enum Style: String, Sendable, CaseIterable { case reply, inline, remove }

    package var style: Style
    package var rows: [[Button]]
    package var oneTime: Bool?
    package var persistent: Bool?

    package init(style: Style, rows: [[Button]] = [], oneTime: Bool? = nil, persistent: Bool? = nil) {
        self.style = style
        self.rows = rows
        self.oneTime = oneTime
        self.persistent = persistent
    }

    package struct Button: Sendable, Equatable {
        package enum Kind: String, Sendable, CaseIterable { case text, callback, url, phone, location }
        package enum Color: String, Sendable, CaseIterable { case primary, secondary, positive, negative }

        package var text: String
        package var kind: Kind
        package var data: String?
        package var url: String?
        package var color: Color?

        package init(text: String, kind: Kind, data: String? = nil, url: String? = nil, color: Color? = nil) {
            self.text = text
            self.kind = kind
            self.data = data
            self.url = url
            self.color = color
        }
    }
}
