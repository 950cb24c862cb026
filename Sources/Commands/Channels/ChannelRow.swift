import Domain
import JSON

/// A function, and for each kind of accounts whether it is there.
struct ChannelRow: OutputRow {
    static let kinds = AccountKind.allCases

    var function: String
    var marks: [AccountKind: ChannelFunction.Mark]

    init(_ function: ChannelFunction, _ table: (AccountKind) -> Capabilities) {
        self.function = function.name
        marks = Dictionary(
            uniqueKeysWithValues: Self.kinds.map { ($0, function.mark(of: $0, table($0))) })
    }

    static func all(_ table: (AccountKind) -> Capabilities) -> [ChannelRow] {
        ChannelFunction.all.map { ChannelRow($0, table) }
    }

    static let columns: [OutputColumn<Self>] =
        [OutputColumn<Self>("function", minimum: 20) { $0.function }]
        + kinds.map { kind in OutputColumn<Self>(kind.rawValue, minimum: 4) { $0.marks[kind]?.rawValue ?? "" } }

    func write(to writer: inout JSONWriter) {
        writer.objectValue {
            $0.member("function", function)
            for kind in Self.kinds { $0.member(kind.rawValue, marks[kind]?.rawValue ?? "") }
        }
    }
}
