/// A text that does not print: only who asks for `value` sees it.
package struct Secret: Sendable, Equatable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package let value: String

    package init(_ value: String) { self.value = value }

    /// The first line of a file. Throws for a person who wrote `@FILE`.
    package init(contentsOfFile path: String) throws(SettingProblem) {
        guard let data = FileBytes.read(path) else {
            throw SettingProblem("names the file \(path), which cannot be read")
        }
        let line = String(decoding: data, as: UTF8.self).prefix { !$0.isNewline }
        guard !line.isEmpty else { throw SettingProblem("names the file \(path), whose first line is empty") }
        value = String(line)
    }

    package var description: String { "***" }
    package var debugDescription: String { "***" }
    package var customMirror: Mirror { Mirror(self, children: []) }
}
