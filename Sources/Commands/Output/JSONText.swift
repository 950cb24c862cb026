import JSON

/// How results are written as JSON.
enum JSONText {
    /// One value on one line.
    static func line(_ value: some JSONWritable) -> String {
        var writer = JSONWriter()
        writer.element(value)
        return writer.text
    }

    static func object(_ body: (inout JSONWriter) -> Void) -> String {
        var writer = JSONWriter()
        writer.object(body)
        return writer.text
    }

    /// An array with an element a line, which `diff` and people read as well as programs.
    static func list(_ values: [some JSONWritable]) -> String {
        values.isEmpty ? "[]" : "[\n" + values.map { "  " + line($0) }.joined(separator: ",\n") + "\n]"
    }

    /// The same JSON with everything escaped that a terminal would act on or hide: it means the same to a parser.
    static func escapedForTerminal(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: isHidden) else { return text }
        var result = ""
        for scalar in text.unicodeScalars {
            guard isHidden(scalar) else {
                result.unicodeScalars.append(scalar)
                continue
            }
            for unit in String(scalar).utf16 {
                let digits = String(unit, radix: 16)
                result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            }
        }
        return result
    }

    private static func isHidden(_ scalar: Unicode.Scalar) -> Bool {
        if scalar.value < 0x7F { return false }
        switch scalar.properties.generalCategory {
        // Joiners stay: emoji need them and they move nothing.
        case .control, .format, .lineSeparator, .paragraphSeparator:
            return scalar.value != 0x200D && scalar.value != 0x200C
        default: return false
        }
    }
}
