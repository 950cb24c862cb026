/// What can stand in place of the word before the cursor.
package struct LineCompletion: Sendable, Equatable {
    /// What is typed of it.
    package var word: String
    package var candidates: [Candidate]

    package struct Candidate: Sendable, Equatable {
        package var text: String
        /// Shown beside it where there are several.
        package var meaning: String
        /// Whether the word is over with it; a directory goes on.
        package var isWhole: Bool

        package init(_ text: String, meaning: String = "", isWhole: Bool = true) {
            self.text = text
            self.meaning = meaning
            self.isWhole = isWhole
        }
    }

    package static let none = LineCompletion(word: "", candidates: [])

    /// - Parameter candidates: those that begin otherwise are left out.
    package init(word: String, candidates: [Candidate]) {
        self.word = word
        self.candidates = candidates.filter { $0.text.hasPrefix(word) }
    }

    enum Step: Equatable {
        case nothing
        /// Stands in place of the word.
        case insert(String)
        case show([Candidate])
    }

    /// What one press of Tab does: the only candidate, else as far as all agree, else the list.
    var step: Step {
        guard let first = candidates.first else { return .nothing }
        if candidates.count == 1 { return .insert(first.text + (first.isWhole ? " " : "")) }
        let common = candidates.dropFirst().reduce(first.text) { $0.commonPrefix(with: $1.text) }
        return common.count > word.count ? .insert(common) : .show(candidates)
    }

    /// A line for each candidate, or as many in a line as fit where none has a meaning.
    static func table(_ candidates: [Candidate], width: Int) -> String {
        let shown = candidates.prefix(100)
        let rest = candidates.count > shown.count ? ["… and \(candidates.count - shown.count) more"] : []
        let widest = (shown.map(\.text.displayWidth).max() ?? 0) + 2
        func padded(_ text: String) -> String {
            text + String(repeating: " ", count: max(widest - text.displayWidth, 1))
        }
        if shown.contains(where: { !$0.meaning.isEmpty }) {
            let lines = shown.map { (padded($0.text) + $0.meaning).cut(toColumns: width - 1) }
            return (lines + rest).joined(separator: "\n")
        }
        let perLine = max((width - 1) / widest, 1)
        var lines: [String] = []
        for (index, candidate) in shown.enumerated() {
            if index % perLine == 0 { lines.append("") }
            lines[lines.count - 1] += padded(candidate.text)
        }
        return (lines + rest).joined(separator: "\n")
    }
}

extension String {
    fileprivate func commonPrefix(with other: String) -> String {
        String(zip(self, other).prefix { $0 == $1 }.map(\.0))
    }
}
