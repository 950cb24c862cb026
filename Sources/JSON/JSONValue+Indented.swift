extension JSONValue {
    /// JSON that people and `diff` read: two spaces a level, short lists of plain values on one line, a line end at the end.
    package var indented: String { text(indentation: "") + "\n" }

    private func text(indentation: String) -> String {
        let inner = indentation + "  "
        switch self {
        case .array(let elements) where elements.allSatisfy(\.isPlain):
            let line = "[" + elements.map { $0.compact }.joined(separator: ", ") + "]"
            if line.utf8.count < 100 { return line }
            return "[\n" + elements.map { inner + $0.compact }.joined(separator: ",\n") + "\n\(indentation)]"
        case .array(let elements):
            let lines = elements.map { inner + $0.text(indentation: inner) }
            return "[\n" + lines.joined(separator: ",\n") + "\n\(indentation)]"
        case .object(let members) where members.isEmpty: return "{}"
        case .object(let members):
            let lines = members.map {
                "\(inner)\(JSONValue.string($0.name).compact): \($0.value.text(indentation: inner))"
            }
            return "{\n" + lines.joined(separator: ",\n") + "\n\(indentation)}"
        default: return compact
        }
    }

    private var isPlain: Bool {
        switch self {
        case .array, .object: false
        default: true
        }
    }

    private var compact: String { String(decoding: jsonBytes, as: UTF8.self) }
}
