import JSON
import Terminal

/// What one check of `doctor` came to.
struct Diagnosis: OutputRow, Equatable {
    enum Level: String, Comparable {
        case ok
        case warning
        case failed

        static func < (a: Self, b: Self) -> Bool { a.rank < b.rank }
        private var rank: Int { self == .ok ? 0 : self == .warning ? 1 : 2 }

        var colour: Style.Colour { self == .ok ? .green : self == .warning ? .yellow : .red }
    }

    /// `database`, `key`, `account support` …: what was looked at.
    var check: String
    var level: Level
    /// What was found, in words.
    var finding: String
    /// What to do; nil where nothing is.
    var remedy: String?

    static func ok(_ check: String, _ finding: String) -> Self {
        Self(check: check, level: .ok, finding: finding, remedy: nil)
    }

    static func warning(_ check: String, _ finding: String, _ remedy: String) -> Self {
        Self(check: check, level: .warning, finding: finding, remedy: remedy)
    }

    static func failed(_ check: String, _ finding: String, _ remedy: String) -> Self {
        Self(check: check, level: .failed, finding: finding, remedy: remedy)
    }

    static let columns = [
        OutputColumn<Self>("check") { $0.check },
        OutputColumn("level", colour: { $0.level.colour }) { $0.level.rawValue },
        OutputColumn("finding") { $0.finding }, OutputColumn("remedy") { $0.remedy ?? "" },
    ]

    func write(to writer: inout JSONWriter) {
        writer.objectValue {
            $0.member("check", check)
            $0.member("level", level.rawValue)
            $0.member("finding", finding)
            $0.member("remedy", remedy)
        }
    }
}
