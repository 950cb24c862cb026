/// Rows under titles, aligned by what they take on the screen and cut to fit the window.
///
/// The texts are taken as they are: what a stranger wrote goes through `Escaping` before.
package struct Table: Sendable {
    package struct Cell: Sendable, Equatable {
        package var text: String
        package var colour: Style.Colour?

        package init(_ text: String, _ colour: Style.Colour? = nil) {
            self.text = text
            self.colour = colour
        }
    }

    package struct Column: Sendable, Equatable {
        package var title: String
        package var isNumber: Bool
        /// The columns of the screen that it keeps when the window is narrow; the widest column gives way first.
        package var minimum: Int

        package init(_ title: String, isNumber: Bool = false, minimum: Int = 6) {
            self.title = title
            self.isNumber = isNumber
            self.minimum = minimum
        }
    }

    package var columns: [Column]
    package var rows: [[Cell]]

    package init(columns: [Column], rows: [[Cell]]) {
        self.columns = columns
        self.rows = rows
    }

    private static let gap = "  "

    /// The lines of the table, without line ends; `width` nil leaves every cell whole.
    package func lines(width: Int?, style: Style) -> [String] {
        guard let width else { return whole(width: nil, style: style) }
        return compact(for: width).whole(width: width, style: style)
    }

    /// What a narrow window takes first: columns in which nothing stands, then of moments what a person can spare.
    private func compact(for width: Int) -> Table {
        var table = self
        if table.natural > width {
            let kept = columns.indices.filter { column in
                rows.contains { column < $0.count && !$0[column].text.isEmpty }
            }
            if !kept.isEmpty {
                table.columns = kept.map { columns[$0] }
                table.rows = rows.map { row in kept.map { $0 < row.count ? row[$0] : Cell("") } }
            }
        }
        let full = table.rows
        for precision in Moment.Precision.allCases where table.natural > width {
            for (row, cells) in full.enumerated() {
                for (column, cell) in cells.enumerated() {
                    guard let moment = Moment(cell.text) else { continue }
                    table.rows[row][column].text = moment.short(precision)
                }
            }
        }
        return table
    }

    private func whole(width: Int?, style: Style) -> [String] {
        let widths = fitted(to: width)
        let head = columns.map { Cell($0.title) }
        return [line(head, widths, style, isHead: true)] + rows.map { line($0, widths, style, isHead: false) }
    }

    private func line(_ cells: [Cell], _ widths: [Int], _ style: Style, isHead: Bool) -> String {
        var result = ""
        for (index, column) in columns.enumerated() {
            let cell = index < cells.count ? cells[index] : Cell("")
            let text = cell.text.cut(toColumns: widths[index])
            let padding = String(repeating: " ", count: max(widths[index] - text.displayWidth, 0))
            let shown = isHead ? style.bold(text) : style(text, cell.colour)
            if index > 0 { result += Self.gap }
            if column.isNumber {
                result += padding + shown
            } else {
                // No blanks at the end of a line: they would wrap in a narrow window.
                result += index == columns.count - 1 ? shown : shown + padding
            }
        }
        return result
    }

    private var naturalWidths: [Int] {
        columns.enumerated().map { index, column in
            rows.reduce(column.title.displayWidth) { widest, row in
                index < row.count ? max(widest, row[index].text.displayWidth) : widest
            }
        }
    }

    /// What it takes with every cell whole.
    private var natural: Int { naturalWidths.reduce(0, +) + Self.gap.count * max(columns.count - 1, 0) }

    private func fitted(to width: Int?) -> [Int] {
        var widths = naturalWidths
        guard let width else { return widths }
        var excess = natural - width
        while excess > 0 {
            let candidates = widths.indices.filter {
                widths[$0] > min(columns[$0].minimum, widths[$0]) && widths[$0] > 1
            }
            guard let widest = candidates.max(by: { widths[$0] < widths[$1] }) else { break }
            widths[widest] -= 1
            excess -= 1
        }
        return widths
    }
}
