import Terminal

/// What a terminal shows after bytes: as much of an xterm as libedit and we use, and nothing else.
package struct TerminalScreen: Sendable {
    private var columns: Int
    private var rows: Int
    /// Nil is the second half of a wide character.
    private var cells: [[Character?]]
    private var row = 0
    private var column = 0
    /// The cursor is past the last column until something is written.
    private var wraps = false
    private var pending: [UInt8] = []
    /// Sequences that are not understood: a test that relies on the screen looks at them.
    private(set) package var unknown: [String] = []

    package init(columns: Int, rows: Int) {
        self.columns = columns
        self.rows = rows
        cells = Array(repeating: Array(repeating: " ", count: columns), count: rows)
    }

    package var lines: [String] {
        var lines = cells.map { row -> String in
            let text = String(row.compactMap(\.self))
            return String(text.reversed().drop { $0 == " " }.reversed())
        }
        while lines.last == "" { lines.removeLast() }
        return lines
    }

    package mutating func resize(columns: Int, rows: Int) {
        cells = (0..<rows).map { row in
            (0..<columns).map { column in
                row < cells.count && column < cells[row].count ? cells[row][column] : " "
            }
        }
        self.columns = columns
        self.rows = rows
        row = min(row, rows - 1)
        column = min(column, columns - 1)
    }

    package mutating func feed(_ bytes: [UInt8]) {
        pending += bytes
        while let length = Self.unit(pending[...]) {
            take(Array(pending[..<length]))
            pending.removeFirst(length)
        }
    }

    /// The bytes of the first character or sequence; nil while it is not whole.
    private static func unit(_ bytes: ArraySlice<UInt8>) -> Int? {
        guard let first = bytes.first else { return nil }
        if first == 0x1B {
            guard bytes.count >= 2 else { return nil }
            guard bytes[bytes.startIndex + 1] == UInt8(ascii: "[") else { return 2 }
            guard let end = bytes.dropFirst(2).firstIndex(where: { (0x40...0x7E).contains($0) }) else { return nil }
            return end - bytes.startIndex + 1
        }
        let length = first < 0x80 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4
        return bytes.count >= length ? length : nil
    }

    private mutating func take(_ unit: [UInt8]) {
        switch unit[0] {
        case 0x1B: sequence(unit)
        case 0x0D: move(toColumn: 0)
        case 0x0A: lineFeed()
        case 0x08: move(toColumn: max(column - 1, 0))
        case 0x07: break
        default: put(String(decoding: unit, as: UTF8.self))
        }
    }

    private mutating func move(toColumn column: Int) {
        self.column = min(max(column, 0), columns - 1)
        wraps = false
    }

    private mutating func lineFeed() {
        wraps = false
        if row < rows - 1 {
            row += 1
        } else {
            cells.removeFirst()
            cells.append(Array(repeating: " ", count: columns))
        }
    }

    private mutating func put(_ text: String) {
        guard let character = text.first else { return }
        let width = character.displayWidth
        if width == 0 {
            // A mark belongs to the character before it.
            let before = max(column - 1, 0)
            if let base = cells[row][before] { cells[row][before] = Character(String(base) + text) }
            return
        }
        if wraps || column + width > columns {
            column = 0
            lineFeed()
        }
        cells[row][column] = character
        if width == 2, column + 1 < columns { cells[row][column + 1] = nil }
        column += width
        if column >= columns {
            column = columns - 1
            wraps = true
        }
    }

    private mutating func sequence(_ unit: [UInt8]) {
        let text = String(decoding: unit.dropFirst(), as: UTF8.self)
        guard text.hasPrefix("["), let last = text.last else { return unknown.append(text) }
        let numbers = text.dropFirst().dropLast().split(separator: ";").map { Int($0) ?? 0 }
        let count = max(numbers.first ?? 1, 1)
        switch last {
        case "A": vertical(-count)
        case "B": vertical(count)
        case "C": move(toColumn: column + count)
        case "D": move(toColumn: column - count)
        case "G": move(toColumn: count - 1)
        case "H":
            row = min(max((numbers.first ?? 1) - 1, 0), rows - 1)
            move(toColumn: (numbers.count > 1 ? numbers[1] : 1) - 1)
        case "J": erase(numbers.first ?? 0)
        case "K": for column in column..<columns { cells[row][column] = " " }
        case "P":
            cells[row].removeSubrange(column..<min(column + count, columns))
            cells[row] += Array(repeating: " ", count: columns - cells[row].count)
        case "@":
            cells[row].insert(contentsOf: Array(repeating: " ", count: count), at: column)
            cells[row] = Array(cells[row].prefix(columns))
        case "m": break
        default: unknown.append(text)
        }
    }

    private mutating func vertical(_ count: Int) {
        row = min(max(row + count, 0), rows - 1)
        wraps = false
    }

    private mutating func erase(_ kind: Int) {
        if kind == 2 {
            cells = Array(repeating: Array(repeating: " ", count: columns), count: rows)
        } else {
            for column in column..<columns { cells[row][column] = " " }
            for below in (row + 1)..<max(rows, row + 1) { cells[below] = Array(repeating: " ", count: columns) }
        }
    }
}
