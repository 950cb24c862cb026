/// One JSON text as it was read: the value, and what in it could not be kept as it came.
package struct JSONDocument: Sendable, Equatable {
    package var value: JSONValue
    package var flaws: Flaws

    /// What was replaced on reading. A text with flaws can be stored; it is only no longer what was sent.
    package struct Flaws: Sendable, Equatable {
        package var kinds: Kinds
        /// The path of the first flaw, such as `params.text.entities[2].url`; empty for the value as a whole.
        package var firstPath: String

        package var isEmpty: Bool { kinds.isEmpty }

        package init(kinds: Kinds = [], firstPath: String = "") {
            self.kinds = kinds
            self.firstPath = firstPath
        }
    }

    package struct Kinds: OptionSet, Sendable {
        package let rawValue: UInt8
        package init(rawValue: UInt8) { self.rawValue = rawValue }

        /// `\ud800` without its partner, which no UTF-8 can hold: now U+FFFD.
        package static let loneSurrogate = Self(rawValue: 1)
        /// `\u0000`, which no PostgreSQL text can hold: now U+FFFD.
        package static let nul = Self(rawValue: 2)
        /// Bytes that are not UTF-8: now U+FFFD (only with `JSONLimits.InvalidUTF8.replace`).
        package static let invalidUTF8 = Self(rawValue: 4)
        /// A member that stands twice in its object (only with `JSONLimits.DuplicateNames.note`).
        package static let duplicateName = Self(rawValue: 8)

        /// The flaws of text: what could not be stored as it came.
        package static let unstorableText: Self = [.loneSurrogate, .nul, .invalidUTF8]
    }

    package var hasUnstorableText: Bool { !flaws.kinds.isDisjoint(with: .unstorableText) }

    /// Reads exactly one JSON value (RFC 8259, no byte order mark) with white space around it.
    package init(parsing bytes: some Collection<UInt8>, limits: JSONLimits = .init()) throws(JSONError) {
        let result = bytes.withContiguousStorageIfAvailable { Self.parse($0, limits) }
        self = try (result ?? Array(bytes).withUnsafeBufferPointer { Self.parse($0, limits) }).get()
    }

    private static func parse(_ bytes: UnsafeBufferPointer<UInt8>, _ limits: JSONLimits) -> Result<Self, JSONError> {
        var parser = JSONParser(bytes: bytes, limits: limits)
        do throws(JSONError) {
            let value = try parser.document()
            return .success(Self(value: value, flaws: parser.flaws))
        } catch {
            return .failure(error)
        }
    }

    private init(value: JSONValue, flaws: Flaws) {
        self.value = value
        self.flaws = flaws
    }
}
