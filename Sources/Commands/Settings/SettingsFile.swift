import Domain
import FoundationEssentials
import Yams

/// A settings file as it was read: keys in dotted form with their lines, whether they were written nested or dotted.
struct SettingsFile: Sendable {
    struct Value: Sendable {
        let key: String
        let text: String
        let line: Int
    }

    let path: String
    private(set) var values: [Value] = []

    /// Throws a usage error that names file and line where the text is not YAML, or not settings.
    init(path: String, yaml: String) throws {
        self.path = path
        let root: Node?
        do { root = try Yams.compose(yaml: yaml) } catch { throw Self.unreadable(path, error) }
        guard let root, !root.isNull else { return }
        guard case .mapping = root else {
            throw EralinkError(
                .invalidParams, "\(path) is not a YAML mapping of settings; see \"eralink config defaults\"")
        }
        try collect(root, prefix: "")
        var seen: Set<String> = []
        for value in values where !seen.insert(value.key).inserted {
            throw problem(value.line, "\(value.key) is set twice")
        }
    }

    private mutating func collect(_ node: Node, prefix: String) throws {
        let line = node.mark?.line ?? 1
        switch node {
        case .mapping(let mapping):
            for (name, value) in mapping {
                guard let part = name.string else {
                    throw problem(name.mark?.line ?? line, "a setting's name must be a text")
                }
                try collect(value, prefix: prefix.isEmpty ? part : "\(prefix).\(part)")
            }
        case .scalar(let scalar):
            // `key:` without a value is a key that was left out.
            if !node.isNull { values.append(Value(key: prefix, text: scalar.string, line: line)) }
        case .sequence, .alias: throw problem(line, "\(prefix) must be a single value")
        }
    }

    private func problem(_ line: Int, _ text: String) -> EralinkError {
        EralinkError(.invalidParams, "\(path):\(line): \(text)", details: [.init("file", path)])
    }

    private static func unreadable(_ path: String, _ error: any Error) -> EralinkError {
        let reason: (line: Int?, text: String) =
            switch error {
            case YamlError.scanner(_, let problem, let mark, _), YamlError.parser(_, let problem, let mark, _),
                YamlError.composer(_, let problem, let mark, _):
                (mark.line, problem)
            case YamlError.duplicatedKeysInMapping(let names, let context):
                (context.mark.line, "\(names.joined(separator: ", ")) is set twice")
            default: (nil, "it is not UTF-8 text")
            }
        let place = reason.line.map { "\(path):\($0)" } ?? path
        return EralinkError(
            .invalidParams, "\(place): not readable as YAML: \(reason.text)", details: [.init("file", path)])
    }
}

extension Node {
    fileprivate var isNull: Bool {
        guard case .scalar(let scalar) = self else { return false }
        return scalar.style == .plain && ["", "~", "null", "Null", "NULL"].contains(scalar.string)
    }
}
