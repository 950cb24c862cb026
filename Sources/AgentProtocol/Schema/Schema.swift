/// A JSON Schema as a value (draft 2020-12, the dialect of OpenAPI 3.1 and AsyncAPI 3.0): what a client may send, or what it
/// gets. It says what the readers and writers beside it do; tests hold the two together, row by row.
package struct Schema: Sendable, Equatable {
    package indirect enum Shape: Sendable, Equatable {
        case any
        case boolean
        case integer(ClosedRange<Int64>)
        case number(ClosedRange<Double>)
        case string(Text)
        /// One of these words.
        case choice([String])
        case array(Schema, count: ClosedRange<Int>)
        case object(Object)
        /// A component by its name.
        case reference(String)
        /// Exactly one of them.
        case one([Schema])
    }

    package struct Text: Sendable, Equatable {
        /// Characters. Where the readers count bytes, the same number: text of more than one byte a character ends earlier.
        package var length: ClosedRange<Int>
        package var pattern: String?
        /// `date-time`, `uri`: a format of JSON Schema.
        package var format: String?
    }

    package struct Object: Sendable, Equatable {
        package var members: [Member]
        package var others: Others
        package var rules: [Rule] = []
    }

    package struct Member: Sendable, Equatable {
        package var name: String
        package var schema: Schema
        package var isRequired: Bool
    }

    /// What members that are not listed are.
    package indirect enum Others: Sendable, Equatable {
        /// In answers: later versions add members, clients pass over them.
        case ignored
        /// In requests: the server refuses them.
        case refused
        /// Any name, each value of this schema.
        case each(Schema, atMost: Int)
    }

    /// What holds between members.
    package enum Rule: Sendable, Equatable {
        case exactlyOne([String])
        case notBoth(String, String)
        /// The first only together with the second.
        case needs(String, String)
        /// The member `by` names the one of these that is there.
        case named(by: String, [String])
    }

    package var shape: Shape
    /// For people: what it is, in which unit, what it does.
    package var text: String?
    package var isNullable = false

    package init(_ shape: Shape, _ text: String? = nil) {
        self.shape = shape
        self.text = text
    }
}

/// A schema with a name of its own, which others refer to.
package struct SchemaComponent: Sendable, Equatable {
    package let name: String
    package let schema: Schema

    package init(_ name: String, _ schema: Schema) {
        self.name = name
        self.schema = schema
    }

    package var reference: Schema { Schema(.reference(name)) }

    /// The reference with words about this use of it.
    package func reference(_ text: String) -> Schema { Schema(.reference(name), text) }
}

extension Schema {
    /// An answer's object.
    static func object(_ text: String? = nil, _ members: [Member], rules: [Rule] = []) -> Schema {
        Schema(.object(Object(members: members, others: .ignored, rules: rules)), text)
    }

    /// A request's object.
    static func request(_ text: String? = nil, _ members: [Member], rules: [Rule] = []) -> Schema {
        Schema(.object(Object(members: members, others: .refused, rules: rules)), text)
    }

    static func list(_ element: Schema, _ text: String? = nil, count: ClosedRange<Int> = 0...Int.max) -> Schema {
        Schema(.array(element, count: count), text)
    }

    static func choice<Value: RawRepresentable & CaseIterable>(
        _ type: Value.Type, _ text: String? = nil
    ) -> Schema where Value.RawValue == String {
        Schema(.choice(Value.allCases.map(\.rawValue)), text)
    }

    static func constant(_ word: String) -> Schema { Schema(.choice([word])) }

    static func boolean(_ text: String? = nil) -> Schema { Schema(.boolean, text) }

    static func integer(_ range: ClosedRange<Int64> = Int64.min...Int64.max, _ text: String? = nil) -> Schema {
        Schema(.integer(range), text)
    }

    static func count(_ text: String? = nil) -> Schema { Schema(.integer(0...Int64.max), text) }

    static func string(
        _ text: String? = nil, length: ClosedRange<Int> = 0...Int.max, pattern: String? = nil, format: String? = nil
    ) -> Schema {
        Schema(.string(Text(length: length, pattern: pattern, format: format)), text)
    }

    var nullable: Schema {
        var copy = self
        copy.isNullable = true
        return copy
    }
}

extension Schema.Member {
    /// A member that is always there.
    static func must(_ name: String, _ schema: Schema) -> Schema.Member {
        Schema.Member(name: name, schema: schema, isRequired: true)
    }

    static func may(_ name: String, _ schema: Schema) -> Schema.Member {
        Schema.Member(name: name, schema: schema, isRequired: false)
    }
}
