import JSON
import Terminal

/// One column of a printed list, or one line of a printed object.
package struct OutputColumn<Row>: Sendable {
    package let title: String
    package let isNumber: Bool
    let minimum: Int
    let cell: @Sendable (Row) -> Table.Cell

    /// `text` may come from a customer: it is escaped where it is shown.
    package init(
        _ title: String, isNumber: Bool = false, minimum: Int = 6,
        colour: @escaping @Sendable (Row) -> Style.Colour? = { _ in nil },
        _ text: @escaping @Sendable (Row) -> String
    ) {
        self.title = title
        self.isNumber = isNumber
        self.minimum = minimum
        cell = { Table.Cell(text($0), colour($0)) }
    }

    private init(_ title: String, isNumber: Bool, minimum: Int, cell: @escaping @Sendable (Row) -> Table.Cell) {
        self.title = title
        self.isNumber = isNumber
        self.minimum = minimum
        self.cell = cell
    }

    /// The same column for a row that holds this one's.
    func of<Outer>(_ path: any KeyPath<Outer, Row> & Sendable) -> OutputColumn<Outer> {
        let cell = cell
        return OutputColumn<Outer>(title, isNumber: isNumber, minimum: minimum, cell: { cell($0[keyPath: path]) })
    }
}

/// A value that a command prints: its JSON (`write(to:)`) is the API, its columns are for people and spreadsheets.
///
/// The first column is what `--quiet` prints: the name or id by which other commands take the thing.
package protocol OutputRow: JSONWritable, Sendable {
    static var columns: [OutputColumn<Self>] { get }
}
