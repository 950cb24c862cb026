/// A statement with its arguments. Interpolated values are bound as `$1`, `$2`, …, never spliced into the text:
///
/// ```swift
/// let query: PostgresQuery = "SELECT name FROM account WHERE id = \(id) AND kind = ANY(\(kinds))"
/// ```
///
/// A `PostgresQuery` inside another is spliced with its arguments; `\(unescaped:)` splices a trusted identifier.
package struct PostgresQuery: Sendable, ExpressibleByStringInterpolation {
    package private(set) var sql: String
    package private(set) var arguments = PostgresArguments()
    /// Where the `$` of each argument stands in `sql`, in bytes: what splicing into another query has to renumber.
    private var placeholders: [Int] = []

    package init(stringLiteral value: String) { sql = value }

    /// A statement made at run time from trusted text, without arguments.
    package init(unescaped sql: String) { self.sql = sql }

    package init(stringInterpolation: StringInterpolation) { self = stringInterpolation.query }

    package struct StringInterpolation: StringInterpolationProtocol {
        fileprivate var query: PostgresQuery

        package init(literalCapacity: Int, interpolationCount: Int) {
            query = PostgresQuery(unescaped: "")
            query.sql.reserveCapacity(literalCapacity + interpolationCount * 3)
        }

        package mutating func appendLiteral(_ literal: String) { query.sql += literal }

        package mutating func appendInterpolation<T: PostgresEncodable>(_ value: T) {
            query.arguments.append(value)
            query.appendPlaceholder()
        }

        /// NULL for nil. Beside the other only because the compiler warns of optionals where no parameter is one.
        package mutating func appendInterpolation<T: PostgresEncodable>(_ value: T?) {
            query.arguments.append(value)
            query.appendPlaceholder()
        }

        package mutating func appendInterpolation(_ fragment: PostgresQuery) { query.append(fragment) }

        /// Trusted text only: a table's or a column's name.
        package mutating func appendInterpolation(unescaped text: String) { query.sql += text }
    }

    private mutating func appendPlaceholder() {
        placeholders.append(sql.utf8.count)
        sql += "$\(placeholders.count)"
    }

    /// Appends a fragment, its arguments after ours.
    package mutating func append(_ fragment: PostgresQuery) {
        var rest = fragment.sql.utf8[...]
        var position = 0
        for (index, placeholder) in fragment.placeholders.enumerated() {
            sql += String(Substring(rest.prefix(placeholder - position)))
            appendPlaceholder()
            let end = placeholder + 1 + String(index + 1).utf8.count
            rest = rest.dropFirst(end - position)
            position = end
        }
        sql += String(Substring(rest))
        arguments.append(contentsOf: fragment.arguments)
    }

    func validate() throws(PostgresError) {
        if let problem = arguments.problem { throw PostgresError(.invalidArgument, problem, sql: sql) }
        if arguments.count > 65_535 { throw PostgresError(.invalidArgument, "more than 65535 arguments", sql: sql) }
        if sql.utf8.contains(0) { throw PostgresError(.invalidArgument, "the statement contains U+0000") }
    }
}
