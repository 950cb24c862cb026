/// An id of the database, opaque to clients: it goes out as a string and what does not parse names nothing.
package protocol DatabaseID: Sendable, Hashable, Comparable, CustomStringConvertible {
    var value: Int64 { get }
    init(_ value: Int64)
}

extension DatabaseID {
    /// Nil where the text is not the canonical form of an id.
    package init?(text: some StringProtocol) {
        guard let value = Int64(text), value > 0, String(value) == text else { return nil }
        self.init(value)
    }

    package var description: String { String(value) }

    package static func < (a: Self, b: Self) -> Bool { a.value < b.value }
}

package struct AccountID: DatabaseID {
    package let value: Int64
    package init(_ value: Int64) { self.value = value }
}

package struct CustomerID: DatabaseID {
    package let value: Int64
    package init(_ value: Int64) { self.value = value }
}

package struct InteractionID: DatabaseID {
    package let value: Int64
    package init(_ value: Int64) { self.value = value }
}

/// A message's id carries its time: the milliseconds since 1970 above the lowest 20 bits, so that the table partitioned by
/// month finds a row by its id alone.
package struct MessageID: DatabaseID {
    package let value: Int64
    package init(_ value: Int64) { self.value = value }
}

package struct FileID: DatabaseID {
    package let value: Int64
    package init(_ value: Int64) { self.value = value }
}
