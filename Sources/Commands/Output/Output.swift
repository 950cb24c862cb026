import JSON
import Terminal

/// Where a command's result and its words go. The one function that renders any result stands here.
package struct Output: Sendable {
    package var form: OutputForm = .table
    /// Prints names only, says nothing else.
    package var quiet = false
    /// Leaves customers' text as it came.
    package var raw = false
    package var style = Style.plain
    /// The columns of the window behind standard output; nil where there is none.
    package var width: Int?
    /// Whether a person looks at standard output.
    package var isTerminal = false
    package var standardOutput: OutputStream
    package var standardError: OutputStream

    package init(standardOutput: OutputStream, standardError: OutputStream) {
        self.standardOutput = standardOutput
        self.standardError = standardError
    }

    /// Prints a list: JSON array, JSON lines, CSV or table.
    package func list<Row: OutputRow>(_ rows: [Row]) throws {
        switch form {
        case .json: try write(JSONText.list(rows) + "\n")
        case .jsonl: for row in rows { try write(JSONText.line(row) + "\n") }
        case .csv:
            try write(CSV.line(Row.columns.map(\.title)))
            for row in rows { try write(CSV.line(Row.columns.map { cell($0, row).text })) }
        case .table where quiet: for row in rows { try write(name(row) + "\n") }
        case .table:
            if rows.isEmpty { return }
            let columns = Row.columns.map { Table.Column($0.title, isNumber: $0.isNumber, minimum: $0.minimum) }
            let table = Table(columns: columns, rows: rows.map { row in Row.columns.map { cell($0, row) } })
            for line in table.lines(width: width, style: style) { try write(line + "\n") }
        }
    }

    /// Prints one object: JSON, CSV with its head, or a line for each member.
    package func object<Row: OutputRow>(_ row: Row) throws {
        switch form {
        case .json, .jsonl: try write(JSONText.line(row) + "\n")
        case .csv: try list([row])
        case .table where quiet: try write(name(row) + "\n")
        case .table:
            let cells = Row.columns.map { ($0.title, cell($0, row)) }
            let room = cells.map { $0.0.displayWidth }.max() ?? 0
            for (title, cell) in cells {
                let padding = String(repeating: " ", count: room - title.displayWidth)
                let text = cell.text.isEmpty ? "–" : cell.text
                try write("\(style.bold(title))\(padding)  \(style(text, cell.colour))\n")
            }
        }
    }

    /// Prints one element of an endless list as soon as it is there. With CSV the first one brings the head.
    package func element<Row: OutputRow>(_ row: Row, isFirst: Bool, line: (Row) -> String) throws {
        switch form {
        case .json, .jsonl: try write(JSONText.line(row) + "\n")
        case .csv:
            if isFirst { try write(CSV.line(Row.columns.map(\.title))) }
            try write(CSV.line(Row.columns.map { cell($0, row).text }))
        case .table: try write(line(row) + "\n")
        }
        try flush()
    }

    /// Prints text that is the result itself: a script, a configuration file.
    package func text(_ text: String) throws { try standardOutput.write(text) }

    /// A word beside the result, for people: standard error, nothing with `--quiet`.
    package func note(_ message: String) {
        guard !quiet else { return }
        let text = form.isJSON ? JSONText.object { $0.member("note", message) } : Escaping.visible(message)
        try? standardError.write(text + "\n")
    }

    /// Something that is probably wrong but stops nothing.
    package func warning(_ message: String) {
        guard !quiet else { return }
        let text =
            form.isJSON
            ? JSONText.object { $0.object("warning") { $0.member("message", message) } }
            : "eralink: warning: \(Escaping.visible(message))"
        try? standardError.write(text + "\n")
    }

    /// Customers' text as it may be shown here.
    package func shown(_ text: String) -> String { raw ? text : Escaping.visible(text) }

    package func flush() throws { try standardOutput.flush() }

    private func write(_ text: String) throws {
        let isSafe = !form.isJSON || raw || !isTerminal
        try standardOutput.write(isSafe ? text : JSONText.escapedForTerminal(text))
    }

    private func name<Row: OutputRow>(_ row: Row) -> String { Row.columns.first.map { cell($0, row).text } ?? "" }

    private func cell<Row>(_ column: OutputColumn<Row>, _ row: Row) -> Table.Cell {
        var cell = column.cell(row)
        // A CSV file is data; on a terminal it is read by a person.
        if form == .table || isTerminal { cell.text = shown(cell.text) }
        return cell
    }
}
