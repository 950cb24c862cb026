/// What a reader of JSON takes, and what it refuses.
package struct JSONLimits: Sendable {
    /// How many arrays and objects may stand inside each other.
    package var depth: Int
    package var invalidUTF8: InvalidUTF8
    package var duplicateNames: DuplicateNames

    package enum InvalidUTF8: Sendable {
        /// An error.
        case refuse
        /// U+FFFD in its place, and a flaw.
        case replace
    }

    package enum DuplicateNames: Sendable {
        /// The last one counts.
        case ignore
        /// The last one counts, and it is a flaw.
        case note
        /// An error.
        case refuse
    }

    package init(depth: Int = 64, invalidUTF8: InvalidUTF8 = .refuse, duplicateNames: DuplicateNames = .ignore) {
        self.depth = depth
        self.invalidUTF8 = invalidUTF8
        self.duplicateNames = duplicateNames
    }
}
