import Glibc
import JSON

/// The log of one daemon: a file to which it appends JSON lines (`log.format json`).
package struct ProcessLog: Sendable {
    package let path: String

    package init(path: String) { self.path = path }

    package var text: String { text(from: 0) }

    /// Where the next line will be written.
    package var end: Int {
        guard let file = fopen(path, "re") else { return 0 }
        defer { fclose(file) }
        return fseek(file, 0, SEEK_END) == 0 ? max(0, ftell(file)) : 0
    }

    /// The first entry from that place on whose message is this, as a JSON object.
    package func first(_ message: String, from offset: Int = 0) -> JSONValue? {
        text(from: offset).split(separator: "\n").lazy.filter { $0.contains(message) }
            .compactMap { try? JSONValue(parsing: $0) }.first { $0["msg"]?.string == message }
    }

    package func last(_ count: Int) -> [String] {
        text(from: max(0, end - 65_536)).split(separator: "\n").suffix(count).map(String.init)
    }

    private func text(from offset: Int) -> String {
        guard let file = fopen(path, "re") else { return "" }
        defer { fclose(file) }
        fseek(file, offset, SEEK_SET)
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = fread(&buffer, 1, buffer.count, file)
            if count == 0 { break }
            bytes += buffer[..<count]
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
