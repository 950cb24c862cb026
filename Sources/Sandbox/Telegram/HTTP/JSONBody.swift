import JSON

/// `application/json`: the members of one object, each as text. Strings are unquoted, everything else stays as it was written.
///
/// A broken body is not refused: what stood before the defect is kept, as the Bot API server keeps it.
enum JSONBody {
    static func read(_ body: [UInt8], into parameters: inout RequestParameters) {
        var scanner = Scanner(bytes: body)
        if !scanner.members(into: &parameters) { parameters.isBroken = true }
    }

    private struct Scanner {
        let bytes: [UInt8]
        var next = 0

        /// False where the object is broken.
        mutating func members(into parameters: inout RequestParameters) -> Bool {
            guard take(UInt8(ascii: "{")) else { return false }
            if take(UInt8(ascii: "}")) { return true }
            repeat {
                guard let name = string(), take(UInt8(ascii: ":")) else { return false }
                skipSpace()
                guard next < bytes.count else { return false }
                if bytes[next] == UInt8(ascii: "\"") {
                    guard let value = string() else { return false }
                    parameters.add(name, value)
                } else {
                    let start = next
                    guard skipValue() else { return false }
                    let text = String(decoding: bytes[start..<next], as: UTF8.self)
                    if text == "null" { parameters.nulls.append(name) }
                    parameters.add(name, text)
                }
            } while take(UInt8(ascii: ","))
            return take(UInt8(ascii: "}"))
        }

        private mutating func string() -> String? {
            skipSpace()
            let start = next
            guard skipString() else { return nil }
            return try? JSONValue(parsing: bytes[start..<next]).string
        }

        private mutating func skipString() -> Bool {
            guard next < bytes.count, bytes[next] == UInt8(ascii: "\"") else { return false }
            next += 1
            while next < bytes.count {
                switch bytes[next] {
                case UInt8(ascii: "\""):
                    next += 1
                    return true
                case UInt8(ascii: "\\"): next += 2
                default: next += 1
                }
            }
            return false
        }

        /// Finds the end of a value; whether it is valid inside is for the method to find out.
        private mutating func skipValue() -> Bool {
            let start = next
            var depth = 0
            while next < bytes.count {
                switch bytes[next] {
                case UInt8(ascii: "\""):
                    guard skipString() else { return false }
                    continue
                case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
                case UInt8(ascii: "}"), UInt8(ascii: "]"):
                    if depth == 0 { return next > start }
                    depth -= 1
                    if depth == 0 {
                        next += 1
                        return true
                    }
                case UInt8(ascii: ","), 0x20, 0x09, 0x0A, 0x0D:
                    if depth == 0 { return next > start }
                default: break
                }
                next += 1
            }
            return false
        }

        private mutating func take(_ byte: UInt8) -> Bool {
            skipSpace()
            guard next < bytes.count, bytes[next] == byte else { return false }
            next += 1
            return true
        }

        private mutating func skipSpace() {
            while next < bytes.count, bytes[next] == 0x20 || (0x09...0x0D).contains(bytes[next]) { next += 1 }
        }
    }
}
