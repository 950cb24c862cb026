/// One setting: its name, what it is for, and how a text becomes its value.
package struct SettingKey: Sendable {
    package let name: String
    /// What a value looks like: `COUNT`, `DURATION`, `line|json`.
    package let kind: String
    package let text: String
    /// The default as documentation shows it.
    package let shownDefault: String
    package let isSecret: Bool

    /// Reads a text into the settings.
    let apply: @Sendable (String, inout Settings) throws(SettingProblem) -> Void
    /// The value as it may be printed; nil where it is not set.
    let show: @Sendable (Settings) -> String?

    package var environmentName: String {
        "ERALINK_" + String(name.uppercased().map { $0 == "." ? "_" : $0 })
    }

    init<Value>(
        _ name: String, _ path: any WritableKeyPath<Settings, Value> & Sendable, _ kind: SettingKind<Value>,
        _ text: String
    ) {
        self.name = name
        self.kind = kind.name
        self.text = text
        isSecret = kind.isSecret
        shownDefault = kind.show(Settings()[keyPath: path])
        apply = { text, settings throws(SettingProblem) in settings[keyPath: path] = try kind.parse(text) }
        show = { kind.show($0[keyPath: path]) }
    }

    /// A setting without a value by default. `off` is a text that takes a value away again.
    init<Value>(
        _ name: String, _ path: any WritableKeyPath<Settings, Value?> & Sendable, _ kind: SettingKind<Value>,
        _ text: String,
        shownDefault: String = "–", off: String? = nil
    ) {
        self.name = name
        self.kind = off.map { "\(kind.name)|\($0)" } ?? kind.name
        self.text = text
        self.shownDefault = shownDefault
        isSecret = kind.isSecret
        apply = { text, settings throws(SettingProblem) in
            settings[keyPath: path] = text == off ? nil : try kind.parse(text)
        }
        show = { $0[keyPath: path].map(kind.show) ?? off }
    }
}

/// Why a text is no value of a setting: a half sentence for after "the value …", without the text where it may be secret.
///
/// Options of commands use the same readers: `@Option(transform: DurationText.parse) var timeout: Duration`.
package struct SettingProblem: Error, Sendable, Equatable, CustomStringConvertible {
    package let reason: String

    package init(_ reason: String) { self.reason = reason }

    package var description: String { reason }
}
