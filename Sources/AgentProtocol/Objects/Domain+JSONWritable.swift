import Domain
import JSON

extension JSONWritable where Self: CustomStringConvertible {
    /// As its description, in quotes.
    package func write(to writer: inout JSONWriter) { writer.value(description) }
}

extension Timestamp: JSONWritable {}
extension Cursor: JSONWritable {}
extension AccountID: JSONWritable {}
extension CustomerID: JSONWritable {}
extension FileID: JSONWritable {}
extension InteractionID: JSONWritable {}
extension MessageID: JSONWritable {}

extension JSONWritable where Self: RawRepresentable, RawValue == String {
    package func write(to writer: inout JSONWriter) { writer.value(rawValue) }
}

extension Adapt: JSONWritable {}
extension Channel: JSONWritable {}
extension DeliveryState: JSONWritable {}
extension Direction: JSONWritable {}
extension InteractionState: JSONWritable {}
extension Keyboard.Button.Color: JSONWritable {}
extension Keyboard.Button.Kind: JSONWritable {}
extension Keyboard.Style: JSONWritable {}
extension MessageKind: JSONWritable {}
extension PresenceState: JSONWritable {}
extension Provider: JSONWritable {}
extension Scope: JSONWritable {}
extension TextEntity.Kind: JSONWritable {}
