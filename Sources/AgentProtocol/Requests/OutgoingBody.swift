import Domain
import JSON

/// What a send says, and how: `{kind, <kind object>, keyboard?, adapt?}`.
package struct OutgoingBody: Sendable, Equatable {
    package var content: Content
    package var keyboard: Keyboard?
    package var adapt: Adapt

    package init(content: Content, keyboard: Keyboard? = nil, adapt: Adapt = .strict) {
        self.content = content
        self.keyboard = keyboard
        self.adapt = adapt
    }

    init(_ params: inout ParamsReader) throws {
        content = try Content(sendIn: &params)
        keyboard = try params.optional("keyboard") { try $0.object { try Keyboard(&$0) } }
        adapt = try params.optional("adapt") { try $0.choice() } ?? .strict
    }
}

extension OutgoingBody: JSONWritable {
    package func write(to writer: inout JSONWriter) { writer.objectValue { writeMembers(to: &$0) } }

    /// The members, defaults filled in: equal bodies give equal bytes.
    func writeMembers(to writer: inout JSONWriter) {
        writer.member("kind", content.kind)
        writer.member(content.kind.rawValue, content)
        writer.optional("keyboard", keyboard)
        writer.member("adapt", adapt)
    }
}
