import Domain
import JSON

/// A keyboard in a file, as the agent API has it (agent-api.md, "Objects").
enum KeyboardFile {
    /// Throws a usage error that says what is wrong with the file. What the channel allows is the server's to say.
    static func read(_ path: String, named option: String) throws -> JSONValue {
        guard let bytes = FileBytes.read(path) else {
            throw CommandFailure.usage("\(option): cannot read \(path)", details: [.init("file", path)])
        }
        let keyboard: JSONValue
        do throws(JSONError) {
            keyboard = try JSONValue(parsing: bytes)
        } catch {
            throw CommandFailure.usage("\(option): \(path) is not JSON: \(error)", details: [.init("file", path)])
        }
        guard keyboard["type"]?.string != nil else {
            throw CommandFailure.usage(
                "\(option): \(path) is no keyboard; it looks like {\"type\":\"inline\",\"rows\":[[{\"text\":\"Yes\",\"kind\":\"callback\",\"data\":\"yes\"}]]}",
                details: [.init("file", path)])
        }
        return keyboard
    }
}
