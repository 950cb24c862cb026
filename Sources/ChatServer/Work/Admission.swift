import Domain
import Store

/// Checks a send against what the account's channel can do, before it is accepted (design.md, "Capabilities").
enum Admission {
    static func check(
        _ capabilities: @escaping @Sendable (AccountKind, [String: String]) -> Capabilities?
    ) -> AdmissionCheck {
        { account, draft in
            guard let channel = capabilities(account.kind, account.settings) else {
                return unsupported(account, "nothing can be sent over \(account.kind.rawValue) yet", feature: "send")
            }
            return refusal(of: draft, over: channel, account)
        }
    }

    private static func refusal(
        of draft: OutgoingDraft, over channel: Capabilities, _ account: AccountReference
    ) -> EralinkError? {
        let kind = draft.content.kind
        guard let support = channel.kinds[kind]?.send, support == .full || support == .partial else {
            return unsupported(
                account, "\(kind.rawValue) cannot be sent over \(account.kind.rawValue)", feature: kind.rawValue)
        }
        if case .text(let text) = draft.content {
            let length = channel.textUnit.length(of: text.text)
            if length > channel.textMax {
                return EralinkError(
                    .tooLong,
                    "the text has \(length) \(channel.textUnit.rawValue) units, over the channel's \(channel.textMax)",
                    details: [
                        .init("limit", .integer(Int64(channel.textMax))), .init("unit", channel.textUnit.rawValue),
                        .init("actual", .integer(Int64(length))),
                    ])
            }
        }
        if let keyboard = draft.keyboard { return refusal(of: keyboard, over: channel, account) }
        return nil
    }

    private static func refusal(
        of keyboard: Keyboard, over channel: Capabilities, _ account: AccountReference
    ) -> EralinkError? {
        let fits =
            switch keyboard.style {
            case .reply, .remove: channel.keyboards.reply
            case .inline: channel.keyboards.inline
            }
        guard fits else {
            return unsupported(
                account, "\(account.kind.rawValue) has no \(keyboard.style.rawValue) keyboards", feature: "keyboard")
        }
        let kinds = Set(keyboard.rows.joined().map(\.kind))
        if let lacking = kinds.subtracting(channel.keyboards.kinds).map(\.rawValue).min() {
            return unsupported(
                account, "\(account.kind.rawValue) has no \(lacking) buttons", feature: "keyboard.\(lacking)")
        }
        if let most = channel.keyboards.rows, keyboard.rows.count > most {
            return unsupported(account, "the keyboard has more than \(most) rows", feature: "keyboard.rows")
        }
        if let most = channel.keyboards.buttons, keyboard.rows.contains(where: { $0.count > most }) {
            return unsupported(account, "a row has more than \(most) buttons", feature: "keyboard.buttons")
        }
        return nil
    }

    private static func unsupported(
        _ account: AccountReference, _ message: String, feature: String
    ) -> EralinkError {
        EralinkError(
            .unsupported, message,
            details: [
                .init("account", account.name), .init("channel", account.kind.channel.rawValue),
                .init("feature", feature),
            ])
    }
}
