import AgentProtocol
import Domain
import JSON
import Testing

/// SplitMix64: the same frames in every run.
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

@Suite("damaged frames")
struct DamageTests {
    private static let strays: [JSONValue] = [
        .null, .bool(true), .number(0), .number(-1), .number(.max), .number(.min), .string(""), .string(" "),
        .string("at:"), .string("\u{fffd}"),
        .string(String(repeating: "9", count: 70)), .array([]), .object([]), .array([.null]),
        .object([JSONMember("", .null)]),
    ]

    /// Puts a stray value, member or nothing somewhere into the tree.
    private func damage(_ value: JSONValue, _ random: inout Seeded) -> JSONValue {
        let stray = Self.strays.randomElement(using: &random) ?? .null
        guard Int.random(in: 0..<4, using: &random) > 0 else { return stray }
        switch value {
        case .object(var members) where !members.isEmpty:
            let index = Int.random(in: members.indices, using: &random)
            switch Int.random(in: 0..<6, using: &random) {
            case 0: members.remove(at: index)
            case 1: members.append(JSONMember("x", stray))
            default: members[index].value = damage(members[index].value, &random)
            }
            return .object(members)
        case .array(var elements) where !elements.isEmpty:
            let index = Int.random(in: elements.indices, using: &random)
            elements[index] = damage(elements[index], &random)
            return .array(elements)
        default: return stray
        }
    }

    @Test("whatever is wrong with a request, the answer is one of the contract's errors", arguments: MethodExample.all)
    func damage(example: MethodExample) throws {
        var random = Seeded(state: UInt64(example.method.rawValue.utf8.count))
        let whole = try JSONValue(parsing: example.params())
        for _ in 0..<300 {
            let params = text(JSONWriter.bytes(of: damage(whole, &random)))
            switch outcome(example.method.rawValue, params) {
            case .ok, .error("invalid_params", .some), .notFound: break
            case .error("invalid_params", nil): Issue.record("no member named: \(params)")
            case .error(let other, _): #expect(other.hasPrefix("RejectedFrame") && !params.hasPrefix("{"), "\(params)")
            }
        }
    }
}
