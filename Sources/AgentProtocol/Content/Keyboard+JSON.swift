import Domain
import JSON

extension Keyboard: JSONWritable {
    package func write(to writer: inout JSONWriter) {
        writer.objectValue {
            $0.member("type", style)
            $0.member("rows", rows)
            $0.optional("one_time", oneTime)
            $0.optional("persistent", persistent)
        }
    }

    /// Reads what `jsonBytes` wrote.
    package init(json: JSONValue) throws(JSONMappingError) {
        let object = JSONNode(json)
        var rows: [[Button]] = []
        for row in try object["rows"]?.elements() ?? [] {
            var buttons: [Button] = []
            for button in try row.elements() { buttons.append(try Button(button)) }
            rows.append(buttons)
        }
        self.init(
            style: try object.member("type").choice(), rows: rows, oneTime: try object["one_time"]?.bool(),
            persistent: try object["persistent"]?.bool())
    }

    package init(bytes: some Collection<UInt8>) throws(JSONMappingError) {
        let value: JSONValue
        do throws(JSONError) { value = try JSONValue(parsing: bytes) } catch {
            throw JSONMappingError(path: "keyboard", problem: "is not JSON: \(error)")
        }
        try self.init(json: value)
    }
}

extension Keyboard.Button: JSONWritable {
    package func write(to writer: inout JSONWriter) {
        writer.objectValue {
            $0.member("text", text)
            $0.member("kind", kind)
            $0.optional("data", data)
            $0.optional("url", url)
            $0.optional("color", color)
        }
    }

    fileprivate init(_ object: JSONNode) throws(JSONMappingError) {
        self.init(
            text: try object.member("text").string(), kind: try object.member("kind").choice(),
            data: try object["data"]?.string(), url: try object["url"]?.string(), color: try object["color"]?.choice())
    }
}
