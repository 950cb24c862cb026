/// A type of the server, by the fixed object ids of its catalogue (`pg_type.dat`).
package struct PostgresType: Sendable, Hashable {
    /// The type of a value.
    package let oid: UInt32
    /// The type of an array of such values; 0 where there is none.
    package let arrayOID: UInt32
    /// Whether a single value goes out as text without a type, so that the server infers text, json, an enum, a date.
    package let isInferred: Bool

    package init(oid: UInt32, arrayOID: UInt32, isInferred: Bool = false) {
        self.oid = oid
        self.arrayOID = arrayOID
        self.isInferred = isInferred
    }

    package static let bool = PostgresType(oid: 16, arrayOID: 1000)
    package static let bytea = PostgresType(oid: 17, arrayOID: 1001)
    package static let int2 = PostgresType(oid: 21, arrayOID: 1005)
    package static let int4 = PostgresType(oid: 23, arrayOID: 1007)
    package static let int8 = PostgresType(oid: 20, arrayOID: 1016)
    package static let float4 = PostgresType(oid: 700, arrayOID: 1021)
    package static let float8 = PostgresType(oid: 701, arrayOID: 1022)
    /// Typed as text in arrays, left to the server's inference alone.
    package static let text = PostgresType(oid: 25, arrayOID: 1009, isInferred: true)
    /// Typed as jsonb in arrays, left to the server's inference alone.
    package static let jsonb = PostgresType(oid: 3802, arrayOID: 3807, isInferred: true)
    package static let json = PostgresType(oid: 114, arrayOID: 199)
    package static let timestamptz = PostgresType(oid: 1184, arrayOID: 1185)

    /// The type of an array of values of this type.
    var array: PostgresType { PostgresType(oid: arrayOID, arrayOID: 0) }
}

extension PostgresType {
    private static let names: [UInt32: String] = [
        16: "bool", 17: "bytea", 18: "\"char\"", 19: "name", 20: "int8", 21: "int2", 23: "int4", 25: "text", 26: "oid",
        114: "json", 700: "float4", 701: "float8", 1000: "bool[]", 1001: "bytea[]", 1005: "int2[]", 1007: "int4[]",
        1009: "text[]", 1016: "int8[]", 1022: "float8[]", 1042: "char", 1043: "varchar", 1082: "date",
        1114: "timestamp",
        1184: "timestamptz", 1185: "timestamptz[]", 1186: "interval", 1700: "numeric", 2278: "void", 2950: "uuid",
        3802: "jsonb", 3807: "jsonb[]",
    ]

    /// A name for error messages.
    static func name(ofOID oid: UInt32) -> String { names[oid] ?? "type \(oid)" }
}
