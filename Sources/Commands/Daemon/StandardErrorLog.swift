import Domain
import JSON
import Logging
import Terminal

/// Writes the log to standard error, a line a message: for people, or as JSON.
package struct StandardErrorLog: LogHandler {
    package var logLevel: Logger.Level
    package var metadata: Logger.Metadata = [:]
    package var metadataProvider: Logger.MetadataProvider?

    private let label: String
    private let format: LogFormat
    private let redactor: LogRedactor
    private let now: @Sendable () -> Timestamp
    private let write: @Sendable (String) -> Void

    package init(
        label: String, level: Logger.Level, format: LogFormat, redactor: LogRedactor,
        now: @escaping @Sendable () -> Timestamp, write: @escaping @Sendable (String) -> Void
    ) {
        self.label = label
        self.format = format
        self.redactor = redactor
        self.now = now
        self.write = write
        logLevel = level
    }

    package subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    package func log(event: LogEvent) {
        var values = metadata
        if let provided = metadataProvider?.get() { values.merge(provided) { _, new in new } }
        if let given = event.metadata { values.merge(given) { _, new in new } }
        if let error = event.error { values["error"] = .string(String(describing: error)) }
        let pairs = values.sorted { $0.key < $1.key }
        let message = redactor.redact(event.message.description)
        switch format {
        case .line: write(line(event.level, message, pairs) + "\n")
        case .json: write(json(event.level, message, pairs) + "\n")
        }
    }

    private func line(_ level: Logger.Level, _ message: String, _ pairs: [(key: String, value: Logger.MetadataValue)])
        -> String
    {
        var line = "\(now()) \(level.rawValue) \(label): \(Escaping.visible(message))"
        for (key, value) in pairs {
            let text = Escaping.visible(text(value, key: key))
            let isBare = !text.isEmpty && !text.contains { $0 == " " || $0 == "\"" || $0 == "=" }
            line += " \(key)=\(isBare ? text : "\"\(text.replacing("\"", with: "\\\""))\"")"
        }
        return line
    }

    private func json(_ level: Logger.Level, _ message: String, _ pairs: [(key: String, value: Logger.MetadataValue)])
        -> String
    {
        JSONText.object { writer in
            writer.member("at", now().description)
            writer.member("level", level.rawValue)
            writer.member("logger", label)
            writer.member("msg", message)
            // The members above cannot be taken by a value of the same name.
            for (key, value) in pairs {
                let name = ["at", "level", "logger", "msg"].contains(key) ? "_\(key)" : key
                writer.member(name, text(value, key: key))
            }
        }
    }

    private func text(_ value: Logger.MetadataValue, key: String) -> String {
        switch value {
        case .string(let text): redactor.redact(text, key: key)
        case .stringConvertible(let convertible): redactor.redact(convertible.description, key: key)
        case .array(let values): "[\(values.map { text($0, key: key) }.joined(separator: ", "))]"
        case .dictionary(let values):
            "{\(values.sorted { $0.key < $1.key }.map { "\($0.key): \(text($0.value, key: $0.key))" }.joined(separator: ", "))}"
        @unknown default: redactor.redact("\(value)", key: key)
        }
    }
}
