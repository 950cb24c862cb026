import JSON
import Testing

/// SplitMix64: the same texts in every run.
private struct Seeded: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}

@Suite("JSON at random")
struct JSONPropertyTests {
    private func value(_ random: inout Seeded, depth: Int) -> JSONValue {
        switch Int.random(in: 0..<(depth == 0 ? 5 : 7), using: &random) {
        case 0: .null
        case 1: .bool(.random(using: &random))
        case 2: .number(.random(in: .min ... .max, using: &random))
        case 3, 4: .string(text(&random))
        case 5: .array((0..<Int.random(in: 0..<5, using: &random)).map { _ in value(&random, depth: depth - 1) })
        default:
            .object(
                (0..<Int.random(in: 0..<5, using: &random)).map { _ in
                    JSONMember(text(&random), value(&random, depth: depth - 1))
                })
        }
    }

    private func text(_ random: inout Seeded) -> String {
        let pieces = ["a", "\"", "\\", "\n", "\u{1}", "ж", "中", "😀", "\u{2028}", "{", "]", ",", " ", "/", "\u{fffd}"]
        return (0..<Int.random(in: 0..<12, using: &random)).map { _ in pieces.randomElement(using: &random) ?? "" }
            .joined()
    }

    @Test("what is written reads as it was, and its parts are found", arguments: 1...20 as ClosedRange<UInt64>)
    func roundTrip(seed: UInt64) throws {
        var random = Seeded(state: seed)
        for _ in 0..<50 {
            let value = value(&random, depth: 6)
            let bytes = JSONWriter.bytes(of: value)
            #expect(try JSONValue(parsing: bytes) == value)
            if let elements = value.array {
                #expect(try JSONSplitter.elements(of: bytes).map { try JSONValue(parsing: bytes[$0]) } == elements)
            }
            if let members = value.object {
                let found = try JSONSplitter.members(of: bytes).map {
                    JSONMember($0.name, try JSONValue(parsing: bytes[$0.value]))
                }
                #expect(found == members)
            }
        }
    }

    @Test("damaged bytes end in a value or an error, never elsewhere", arguments: 1...20 as ClosedRange<UInt64>)
    func damage(seed: UInt64) {
        var random = Seeded(state: seed)
        for _ in 0..<50 {
            var bytes = JSONWriter.bytes(of: value(&random, depth: 5))
            for _ in 0..<Int.random(in: 1..<4, using: &random) where !bytes.isEmpty {
                let index = Int.random(in: bytes.indices, using: &random)
                switch Int.random(in: 0..<3, using: &random) {
                case 0: bytes[index] = .random(in: 0...255, using: &random)
                case 1: bytes.remove(at: index)
                default: bytes.insert(bytes[index], at: index)
                }
            }
            let strict = try? JSONDocument(parsing: bytes)
            let lenient = try? JSONDocument(parsing: bytes, limits: .init(invalidUTF8: .replace, duplicateNames: .note))
            if let strict { #expect(lenient?.value == strict.value) }
            if let lenient { #expect((try? JSONValue(parsing: JSONWriter.bytes(of: lenient.value))) == lenient.value) }
            _ = try? JSONSplitter.elements(of: bytes)
            _ = try? JSONSplitter.members(of: bytes)
        }
    }
}
