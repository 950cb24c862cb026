import Domain

/// The message that asks a customer for the phone number, in the customer's language where it is one of ours.
enum AskPhone {
    static func text(_ language: String?) -> String {
        isRussian(language)
            ? "Пожалуйста, поделитесь номером телефона: нажмите кнопку ниже."
            : "Please share your phone number: press the button below."
    }

    static func keyboard(_ language: String?) -> Keyboard {
        let label = isRussian(language) ? "Отправить номер телефона" : "Share my phone number"
        return Keyboard(style: .reply, rows: [[.init(text: label, kind: .phone)]], oneTime: true)
    }

    private static func isRussian(_ language: String?) -> Bool { language?.lowercased().hasPrefix("ru") == true }
}
