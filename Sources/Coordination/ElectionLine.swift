/// The line of an account's candidates by the names of their nodes: `<id>~<ten digits>`, lowest number first.
struct ElectionLine {
    private let names: [String]

    init(_ names: [String]) {
        self.names = names.filter { $0.contains("~") }.sorted { Self.number($0) < Self.number($1) }
    }

    static func prefix(_ id: String) -> String { "\(NodeName.encode(id))~" }

    static func id(_ name: String) -> String {
        NodeName.decode(String(name[..<(name.lastIndex(of: "~") ?? name.endIndex)]))
    }

    static func number(_ name: String) -> Int64 {
        Int64(name[(name.lastIndex(of: "~").map(name.index(after:)) ?? name.startIndex)...]) ?? .max
    }

    var inOrder: [String] { names }

    enum Place: Equatable {
        case first
        case behind(String)
        case absent
    }

    func place(of name: String) -> Place {
        guard let index = names.firstIndex(of: name) else { return .absent }
        return index == 0 ? .first : .behind(names[index - 1])
    }
}
