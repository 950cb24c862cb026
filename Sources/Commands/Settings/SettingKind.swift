import Glibc
import Logging

/// A type of setting: how it is read and how it is shown.
struct SettingKind<Value: Sendable>: Sendable {
    let name: String
    var isSecret = false
    let parse: @Sendable (String) throws(SettingProblem) -> Value
    let show: @Sendable (Value) -> String
}

extension SettingKind where Value == String {
    static func text(_ name: String) -> Self {
        Self(name: name, parse: { text throws(SettingProblem) in try notBlank(text) }, show: { $0 })
    }

    static let path = SettingKind.text("FILE")

    static let webURL = Self(
        name: "URL",
        parse: { text throws(SettingProblem) in try url(text, schemes: ["http", "https", "ws", "wss"]) }, show: { $0 })
}

extension SettingKind where Value == Int {
    static func integer(_ range: ClosedRange<Int>) -> Self {
        Self(
            name: "COUNT",
            parse: { text throws(SettingProblem) in
                guard let value = Int(text), range.contains(value) else {
                    throw SettingProblem("is not a whole number from \(range.lowerBound) to \(range.upperBound)")
                }
                return value
            }, show: { String($0) })
    }

    static func size(_ range: ClosedRange<Int>) -> Self {
        Self(
            name: "SIZE",
            parse: { text throws(SettingProblem) in
                let value = try ByteSize.parse(text)
                guard range.contains(value) else {
                    throw SettingProblem(
                        "is not from \(ByteSize.show(range.lowerBound)) to \(ByteSize.show(range.upperBound))")
                }
                return value
            }, show: ByteSize.show)
    }
}

extension SettingKind where Value == Duration {
    static func duration(_ range: ClosedRange<Duration>) -> Self {
        Self(
            name: "DURATION",
            parse: { text throws(SettingProblem) in
                let value = try DurationText.parse(text)
                guard range.contains(value) else {
                    throw SettingProblem(
                        "is not from \(DurationText.show(range.lowerBound)) to \(DurationText.show(range.upperBound))")
                }
                return value
            }, show: DurationText.show)
    }
}

extension SettingKind where Value == Secret {
    static let secret = Self(
        name: "SECRET", isSecret: true,
        parse: { text throws(SettingProblem) in
            let text = try notBlank(text)
            guard text.hasPrefix("@") else { return Secret(text) }
            return try Secret(contentsOfFile: String(text.dropFirst()))
        }, show: { $0.description })

    /// A proxy may need a password, so the whole URL is handled as a secret.
    static let proxyURL = Self(
        name: "URL", isSecret: true,
        parse: { text throws(SettingProblem) in
            Secret(try url(text, schemes: ["http", "https", "socks5", "socks5h"]))
        }, show: { DatabaseURL.redacted($0.value) })
}

extension SettingKind where Value == DatabaseURL {
    static let databaseURL = Self(
        name: "URL", isSecret: true, parse: { text throws(SettingProblem) in try DatabaseURL(text) },
        show: { $0.description })
}

extension SettingKind where Value: RawRepresentable & CaseIterable, Value.RawValue == String {
    static func choice() -> Self {
        let words = Value.allCases.map(\.rawValue)
        return Self(
            name: words.joined(separator: "|"),
            parse: { text throws(SettingProblem) in
                guard let value = Value(rawValue: text) else {
                    throw SettingProblem("is not one of \(words.joined(separator: ", "))")
                }
                return value
            }, show: { $0.rawValue })
    }
}

extension SettingKind where Value == Logger.Level {
    static let logLevel = SettingKind.choice()
}

private func notBlank(_ text: String) throws(SettingProblem) -> String {
    guard text.contains(where: { !$0.isWhitespace }) else { throw SettingProblem("is empty") }
    return text
}

private func url(_ text: String, schemes: [String]) throws(SettingProblem) -> String {
    let parts = text.split(separator: "://", maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.count == 2, schemes.contains(parts[0].lowercased()), let host = parts[1].first, host != "/",
        !text.unicodeScalars.contains(where: { $0.value <= 0x20 || $0.value == 0x7F })
    else { throw SettingProblem("is not a URL that begins with \(schemes.map { $0 + "://" }.joined(separator: ", "))") }
    return text
}
